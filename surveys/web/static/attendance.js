// Counting people with the thumb: one tap is one person, nothing is sent before Save.
const form = document.querySelector('.count')
const total = document.querySelector('#total')

function add() {
  const counts = [...form.querySelectorAll('input[inputmode]')].map(input => Number(input.value) || 0)
  total.textContent = total.dataset.words.replace('{}', counts.reduce((sum, one) => sum + one, 0))
}

form.addEventListener('click', tap => {
  const button = tap.target.closest('[name=tap]')
  if (!button) return
  tap.preventDefault()
  const input = button.parentElement.querySelector('input')
  input.value = Math.max((Number(input.value) || 0) + (button.value.endsWith('+') ? 1 : -1), 0)
  add()
})
form.addEventListener('input', add)
add()
