// The progress of an open round, asked of the server again and again: its clock and its counts, never those of this device.
const box = document.querySelector('#progress')
const seconds = Number(box && box.dataset.refresh)

async function refresh() {
  if (document.hidden || box.contains(document.activeElement)) return
  try {
    const answer = await fetch(location.href)
    if (!answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.querySelector('#progress')
    if (fresh && fresh.innerHTML !== box.innerHTML) box.replaceChildren(...fresh.childNodes)
  } catch { /* no signal: the page stays as it was */ }
}

if (seconds) setInterval(refresh, seconds * 1000)
