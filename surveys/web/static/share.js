// Copies a message. Over http:// in a room without internet there is no clipboard for pages: there the old way copies.
for (const button of document.querySelectorAll('[data-copies]')) {
  const words = button.textContent, text = document.getElementById(button.dataset.copies)
  button.hidden = false
  button.addEventListener('click', async () => {
    text.select()
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text.value)
      else if (!document.execCommand('copy')) return
    } catch { return }
    button.textContent = button.dataset.done
    setTimeout(() => { button.textContent = words }, 3000)
  })
}
