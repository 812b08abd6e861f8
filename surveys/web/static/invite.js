// Inviting: a sending goes on by itself while messages leave, and a text is copied with one tap.
const goesOn = document.querySelector('[data-goes-on="yes"]')
if (goesOn) goesOn.click()

for (const button of document.querySelectorAll('[data-copies]')) {
  if (!navigator.clipboard) break
  button.hidden = false
  button.addEventListener('click', async () => {
    const id = button.dataset.copies
    await navigator.clipboard.writeText(document.getElementById(id).value)
    document.querySelector(`[data-copied="${id}"]`).hidden = false
  })
}
