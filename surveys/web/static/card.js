// The code of a printed card is checked before anything is sent, as the server does (surveys/cards.py).
;(function () {
  var d = document, f = d.getElementById('f'), letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  function isCode(typed) {
    var code = typed.toUpperCase().replace(/[^0-9A-Z]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1'), rest = 0
    if (code.length != 8) return false
    return code.split('').every(function (letter) {
      rest = rest << 1 ^ (rest & 16 ? 37 : 0) ^ letters.indexOf(letter)
      return letters.indexOf(letter) >= 0
    }) && rest == 0
  }
  function tell(el, wrong) {
    d.getElementById('e-card').hidden = !wrong
    d.getElementById('q-~card').classList[wrong ? 'add' : 'remove']('bad')
    el.setAttribute('aria-invalid', wrong)
    return wrong
  }
  function isWrong(el) { return el.value.trim() != '' && !isCode(el.value) }
  // What was told goes as soon as it is mended, never on leaving the field: the button would move away under the finger.
  d.addEventListener('input', function (e) { if (e.target.id == 'card' && !isWrong(e.target)) tell(e.target, false) })
  // Before the page's own script hears of it; another language is asked for without a check.
  d.addEventListener('submit', function (e) {
    var el = d.getElementById('card'), by = e.submitter
    if (e.target != f || !el || by && by.name == '~to' || !tell(el, isWrong(el))) return
    e.preventDefault()
    e.stopPropagation()
    el.focus()
    d.getElementById('q-~card').scrollIntoView()
  }, true)
})()
