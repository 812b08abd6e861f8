// An interviewer's page: what is typed is kept on this phone until the server has it, and on the server from time to time.
(function () {
  var d = document, f = d.getElementById('f'), data = JSON.parse(d.getElementById('data').textContent)
  var key = 'tupuy:' + data.key, redraw, what = 'finish', busy = false, changed = false
  function id(name) { return d.getElementById(name) }
  function local() { try { return localStorage[key] } catch (e) { return null } }
  function forget() { try { localStorage.removeItem(key) } catch (e) {} }

  // What is on this phone is later than what the server has: it takes its place.
  if (local() && data.fresh) Array.prototype.slice.call(f.querySelectorAll('input,select,textarea')).forEach(function (el) {
    if (el.name[0] == '~' || el.name == 'csrf_token') return
    if (/radio|checkbox/.test(el.type)) el.checked = false; else el.value = ''
  })
  window.more = function (_begin, _random, _speak, draw) { redraw = draw }

  function typed() {
    return Array.prototype.slice.call(f.querySelectorAll('input,select,textarea')).filter(function (el) { return el.name && (!/radio|checkbox/.test(el.type) || el.checked) }).map(function (el) { return [el.name, el.value] })
  }
  function send(doing) {
    var pairs = typed().concat([['~do', doing]])
    var body = pairs.map(function (pair) { return encodeURIComponent(pair[0]) + '=' + encodeURIComponent(pair[1]) }).join('&')
    var headers = { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' }
    return fetch(f.action, { method: 'POST', body: body, headers: headers, credentials: 'same-origin', redirect: 'manual' })
  }
  function finish(doing) {
    if (busy) return
    busy = true
    id('sending').hidden = false
    id('unsent').hidden = id('gone').hidden = true
    send(doing).then(function (r) {
      if (r.ok) return r.json().then(function (said) { forget(); location.replace(said.to) })
      if (r.status == 422) return r.text().then(redraw)
      id('gone').hidden = false
    }).catch(function () { id('unsent').hidden = false }).then(function () { busy = false; if (id('sending')) id('sending').hidden = true })
  }
  f.addEventListener('click', function (e) { var b = e.target.closest('button[name="~do"]'); if (b) what = b.value })
  f.addEventListener('submit', function (e) {
    var doing = e.submitter ? e.submitter.value : what
    if (!window.fetch || !/^(finish|pause)$/.test(doing)) return
    e.preventDefault()
    e.stopImmediatePropagation()
    finish(doing)
  }, true)
  f.addEventListener('input', function () { changed = true })
  setInterval(function () {
    if (!changed || busy || navigator.onLine === false) return
    changed = false
    send('keep').then(function (r) { if (r.ok) { if (!changed) forget() } else changed = true }).catch(function () { changed = true })
  }, 20000)
})();
