// The thanks page: the draft goes once the receipt is here, and the seal leaves the address, so that it cannot be shared.
(function () {
  var d = document, h = d.documentElement, el = d.getElementById('data'), data = el && JSON.parse(el.textContent)
  function all(query) { return Array.prototype.slice.call(d.querySelectorAll(query)) }
  if (data && data.sent) {
    try { localStorage.removeItem('tupuy:' + data.key) } catch (e) { d.getElementById('gone').hidden = true }
    history.replaceState(null, '', location.pathname + '?lang=' + h.lang)
    var copy = d.getElementById('copy'), ok = d.getElementById('ok')
    if (!navigator.clipboard) copy.hidden = true
    copy.onclick = function () { navigator.clipboard.writeText(d.querySelector('output').textContent).then(function () { ok.hidden = false }) }
  }
  if (data && data.phone) addEventListener('load', function () {
    var code = d.createElement('script')
    code.src = data.phone
    d.body.appendChild(code)
  })
  all('.tongue a').forEach(function (a) {
    a.onclick = function (e) {
      if (!all('h1 > [lang="' + a.lang + '"]').length) return
      e.preventDefault()
      h.lang = a.lang
      all('.tongue a').forEach(function (o) { if (o == a) o.setAttribute('aria-current', 'true'); else o.removeAttribute('aria-current') })
    }
  })
})()
