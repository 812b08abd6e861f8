// The wall of a room keeps itself up to date: what changes is asked for every few seconds, less often while nobody answers.
// The clock runs down from the seconds that the server gave: the clock of this machine is never read.
const SOONEST = 4000, LATEST = 60000
const live = document.querySelector('#live'), lost = document.querySelector('#lost'), full = document.querySelector('#full')
let wait = SOONEST, given = 0

const parts = seconds => [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Math.floor)

function tick() {
  const box = live.firstElementChild, clock = live.querySelector('.clock')
  if (!clock) return
  const left = Math.max(0, Math.ceil(box.dataset.left - (performance.now() - given) / 1000))
  const [hours, minutes, seconds] = parts(left)
  clock.textContent = `${hours}:${String(minutes).padStart(2, '0')}:${String(seconds).padStart(2, '0')}`
}

async function refresh() {
  const address = new URL(location.href)
  address.searchParams.set('part', 'live')
  try {
    const answer = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(15000) })
    if (!answer.ok || answer.redirected) throw new Error(answer.status)
    const next = document.createElement('div')
    next.innerHTML = await answer.text()
    if (next.firstElementChild.dataset.state !== live.firstElementChild.dataset.state) return location.reload()
    const groups = next.querySelector('.groups')
    if (groups) document.querySelector('.groups').replaceWith(groups)
    live.replaceChildren(next.firstElementChild)
    given = performance.now()
    tick()
    lost.hidden = true
    wait = SOONEST
  } catch {
    lost.hidden = false
    wait = Math.min(wait * 2, LATEST)
  }
  setTimeout(refresh, wait)
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()
}

given = performance.now()
tick()
setInterval(tick, 500)
setTimeout(refresh, wait)
full.hidden = !document.fullscreenEnabled
full.addEventListener('click', fill)
addEventListener('keydown', event => {
  if (event.key.toLowerCase() === 'f' && !event.ctrlKey && !event.metaKey && !event.altKey) fill()
})
