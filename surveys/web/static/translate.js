// Translations: copies the base, saves what is left, and goes on to the next text with Ctrl or Cmd and Enter. All of it works without.

const form = document.getElementById('pairs')
const status = document.getElementById('saved')
const fields = form ? [...form.querySelectorAll('textarea')] : []
const before = new Map(fields.map((field) => [field, field.value]))

const isChanged = (field) => field.value.trim() !== before.get(field).trim()

const say = (what) => { status.textContent = status.dataset[what] || '' }

function copy(button) {
  const row = button.closest('tr')
  const field = row.querySelector('textarea')
  field.value = row.querySelector('.base').textContent
  field.focus()
  say('unsaved')
}

function goOn(field) {
  const next = fields[fields.indexOf(field) + 1]
  if (next) next.focus()
  else form.querySelector('.keep button').focus()
}

// What the server says of the text now. The buttons beside it were made for what it was, so they go.
function show(field, check, told) {
  const { check: now, state, needs_work: needsWork } = told.texts[check.name.slice('check:'.length)]
  const cell = field.closest('td')
  check.value = now
  cell.classList.toggle('todo', needsWork)
  cell.querySelector('.under > span').textContent = state
  for (const button of cell.querySelectorAll('.under button')) button.remove()
  const tab = document.querySelector('.tabs [aria-current]')
  tab.querySelector('meter').value = told.done
  tab.querySelector('.n').textContent = told.counted
  document.getElementById('work').textContent = told.work
}

// One text is sent as the page of that one text: the same door, the same rules. A refusal or a conflict is left to the button.
async function keep(field) {
  const place = field.name.slice('words:'.length)
  const check = form.elements['check:' + place]
  const sent = new FormData()
  for (const name of ['csrf_token', 'language', field.name, check.name]) sent.set(name, form.elements[name].value)
  const words = field.value
  say('saving')
  try {
    const answer = await fetch(form.action || location.pathname, { method: 'POST', body: sent, headers: { Accept: 'application/json' } })
    const told = answer.ok ? await answer.json() : {}
    if (!told.texts) return say('unsaved')
    before.set(field, words)
    show(field, check, told)
    say(fields.some(isChanged) ? 'unsaved' : 'saved')
  } catch {
    say('unsaved')
  }
}

form?.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy]')
  if (button) { event.preventDefault(); copy(button) }
})
form?.addEventListener('input', () => say('unsaved'))
form?.addEventListener('focusout', (event) => {
  if (fields.includes(event.target) && isChanged(event.target)) keep(event.target)
})
form?.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !fields.includes(event.target)) return
  event.preventDefault()
  goOn(event.target)
})
