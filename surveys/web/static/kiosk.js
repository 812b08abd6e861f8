// A kiosk: one device, many people. The page is never left, so that it works without a signal; it is blank after each
// person. Answers that cannot be sent wait on the device, and are erased from it when the server has them.
(function () {
  var d = document, f = d.getElementById('f'), all = JSON.parse(d.getElementById('data').textContent), data = all.kiosk
  var blank = f && f.innerHTML, form, screen = '', last = Date.now(), stopAt = 0, busy = false, isSending = false, tries = 0
  var memory = {}, pin = '', began = Date.now(), mark = ''
  function id(name) { return d.getElementById(name) }
  function list(query, root) { return Array.prototype.slice.call((root || d).querySelectorAll(query)) }

  // The box of what waits: one entry per person, under the id of its answers. "!" before it: the server did not take it.
  function store() { try { return window.localStorage } catch (e) { return null } }
  function keys() {
    var found = Object.keys(memory), kept = store()
    try { for (var i = 0; i < kept.length; i++) if (kept.key(i).indexOf(data.box) == 0) found.push(kept.key(i)) } catch (e) {}
    return found
  }
  function get(key) { try { return memory[key] || store().getItem(key) } catch (e) { return memory[key] } }
  function put(key, body) {
    try { store().setItem(key, body); delete memory[key] } catch (e) { memory[key] = body; id('denied').hidden = false }
  }
  function drop(key) { delete memory[key]; try { store().removeItem(key) } catch (e) {} }
  function isRefused(key) { return (get(key) || '')[0] == '!' }
  function count() {
    var found = keys(), wrong = found.filter(isRefused).length
    list('.count').forEach(function (el) { el.textContent = found.length - wrong })
    id('waits').hidden = found.length == wrong
    id('refused').hidden = id('drop').hidden = !wrong
    id('refused').querySelector('b').textContent = wrong
    return found.length - wrong
  }

  function ask(url, body) {
    var stop = window.AbortController && new AbortController(), late = setTimeout(function () { if (stop) stop.abort() }, 30000)
    var what = { method: body == null ? 'GET' : 'POST', headers: { Accept: 'application/json' }, credentials: 'omit', cache: 'no-store' }
    if (body != null) { what.body = body; what.headers['Content-Type'] = 'application/x-www-form-urlencoded' }
    if (stop) what.signal = stop.signal
    return fetch(url, what).then(function (r) { clearTimeout(late); return r }, function (fault) { clearTimeout(late); throw fault })
  }
  function query(pairs) { return pairs.map(function (pair) { return encodeURIComponent(pair[0]) + '=' + encodeURIComponent(pair[1]) }).join('&') }

  // Sends what waits, one after the other. What is acknowledged is erased; a lost answer to a send is asked for again.
  function flush() {
    var key = keys().filter(function (one) { return !isRefused(one) })[0]
    if (!key || isSending) return
    isSending = true
    ask(data.action, get(key)).then(function (r) {
      if (r.ok) drop(key)
      else if (r.status < 500 && r.status != 429) put(key, '!' + get(key))
      else throw r
      tries = 0
      isSending = false
      count()
      flush()
    }).catch(function () {
      isSending = false
      setTimeout(flush, Math.min(60, 5 * ++tries) * 1000)
    })
  }

  // Screens: one at a time.
  function show(name) {
    screen = name
    list('main > *').forEach(function (el) {
      if (el.id == 'still' || el.className.indexOf('team') >= 0) return
      el.hidden = el.hasAttribute('data-screen') ? el.id != name : name != 'form'
    })
    list('.tongue').forEach(function (el) { el.hidden = name != 'form' })
    list('.team').forEach(function (el) { el.hidden = name == 'staff' || (f && name == 'form') })
    if (name == 'form') refresh()
    scrollTo(0, 0)
    var head = id(name + '-h') || d.querySelector('h1')
    if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }) }
    touched()
  }
  // The form's own script looks again at what is asked when something was typed.
  function refresh() {
    var el = list('input,select,textarea', f).filter(function (one) { return one.name && one.name[0] != '~' })[0]
    if (el) el.dispatchEvent(new Event('input', { bubbles: true }))
  }
  function pairs() {
    return list('input,select,textarea', f).filter(function (el) { return el.name && (!/radio|checkbox/.test(el.type) || el.checked) }).map(function (el) { return [el.name, el.value] })
  }
  function touched() {
    last = Date.now()
    stopAt = 0
    if (id('still')) id('still').hidden = true
  }

  // Nothing of the last person stays: the questions are drawn anew, in another order where they are mixed.
  function mix() {
    list('[data-mix]', f).forEach(function (el) {
      var parts = Array.prototype.slice.call(el.children)
      for (var i = parts.length - 1; i > 0; i--) { var j = Math.floor(Math.random() * (i + 1)), one = parts[i]; parts[i] = parts[j]; parts[j] = one }
      parts.sort(function (a, b) { return !!a.querySelector('[data-alone]') - !!b.querySelector('[data-alone]') })
      parts.forEach(function (part) { el.appendChild(part) })
    })
  }
  function reset() {
    if (!f) return
    f.innerHTML = blank
    f.reset()
    id('receipt').textContent = ''
    if (mark) f.querySelector('[name="~mark"]').value = mark
    mix()
    form.restart()
    closeDoor()
    show(screen == 'shut' || isOver() ? 'shut' : 'hello')
    look()
  }
  function isOver() { return data.left != null && Date.now() - began > data.left * 1000 }
  function look() {
    ask(data.state).then(function (r) { return r.json() }).then(function (said) {
      mark = said.mark
      if (said.open && screen == 'shut') show('hello')
      if (!said.open && screen == 'hello') show('shut')
      if (mark && screen == 'hello') f.querySelector('[name="~mark"]').value = mark
      flush()
    }).catch(function () { if (screen == 'hello' && isOver()) show('shut') })
  }

  // Sending. Without a signal only what needs an answer can be looked at here; the rest the server looks at later.
  function isAnswered(name) {
    var block = id('q-' + name)
    if (!block || block.closest('[hidden]')) return true
    return list('input,select,textarea', block).some(function (el) { return /radio|checkbox/.test(el.type) ? el.checked : el.value.trim() })
  }
  function missing() {
    var names = all.must.filter(function (name) { return !isAnswered(name) }), sum = id('sum'), lines = sum.querySelector('ul')
    list('.bad', f).forEach(function (el) { el.classList.remove('bad') })
    lines.innerHTML = ''
    names.forEach(function (name) {
      var block = id('q-' + name), line = d.createElement('li'), a = d.createElement('a'), asks = block.querySelector('legend,.ask,.stem,label')
      block.classList.add('bad')
      a.href = '#q-' + name
      a.innerHTML = asks.innerHTML.replace(/<input[^>]*>/g, '') + ' ' + id('needed').innerHTML
      line.appendChild(a)
      lines.appendChild(line)
    })
    sum.hidden = !names.length
    if (names.length) { id('must').hidden = false; id('may').hidden = true; sum.scrollIntoView(); sum.focus({ preventScroll: true }) }
    return names.length > 0
  }
  function thanks(how, receipt) {
    id('receipt').textContent = receipt || ''
    list('[data-when]').forEach(function (el) { el.hidden = !(el.getAttribute('data-when') == how || (how == 'late' && el.getAttribute('data-when') == 'sent')) })
    f.innerHTML = blank
    form.restart()
    show('thanks')
  }
  function keep(body, name) {
    if (missing()) return
    put(data.box + name, body + '&~seen=1') // nobody is there to be reminded when it is sent
    count()
    thanks('kept')
  }
  function send() {
    var body = query(pairs()), name = f.querySelector('[name="~id"]').value
    if (busy) return
    if (navigator.onLine === false) return keep(body, name)
    busy = true
    id('sending').hidden = false
    ask(data.action, body).then(function (r) {
      if (r.ok) return r.json().then(function (said) { thanks(said.late ? 'late' : 'sent', said.receipt); flush() })
      if (r.status == 422) return r.text().then(form.redraw)
      if (r.status == 410 || r.status == 403) return show('shut')
      keep(body, name)
    }).catch(function () { keep(body, name) }).then(function () { busy = false; if (id('sending')) id('sending').hidden = true })
  }

  // The team's part, behind the PIN. Each try is counted by the server; without a signal nothing opens.
  function closeDoor() {
    pin = ''
    id('pin').value = ''
    id('inside').hidden = true
    id('door').hidden = false
    list('[data-said]').forEach(function (el) { el.hidden = true })
  }
  function knock(what) {
    return ask(data.leave, query([['pin', pin], ['do', what]])).then(function (r) {
      list('[data-said]').forEach(function (el) { el.hidden = el.getAttribute('data-said') != r.status })
      if (!r.ok) { closeDoorQuietly(); throw r }
    }, function () { list('[data-said]').forEach(function (el) { el.hidden = el.getAttribute('data-said') != '0' }); throw 0 })
  }
  function closeDoorQuietly() { pin = ''; id('pin').value = ''; id('inside').hidden = true; id('door').hidden = false; id('pin').focus() }
  id('team').onclick = function () { closeDoor(); show('staff'); id('pin').focus() }
  list('.back').forEach(function (b) { b.onclick = function () { if (f) reset(); else { closeDoor(); show('form') } } })
  id('door').onsubmit = function (e) {
    e.preventDefault()
    pin = id('pin').value
    knock('look').then(function () { id('door').hidden = true; id('inside').hidden = false; count(); id('now').focus() }).catch(function () {})
  }
  id('now').onclick = function () { tries = 0; flush() }
  id('drop').onclick = function () { keys().filter(isRefused).forEach(drop); count() }
  id('leave').onclick = function () {
    if (count() && id('not-yet').hidden) { id('not-yet').hidden = false; return flush() }
    knock('leave').then(function () { location.replace(data.action) }).catch(function () {})
  }

  count()
  addEventListener('online', function () { tries = 0; flush() })
  setInterval(function () { if (navigator.onLine !== false && !isSending && !tries) flush() }, 30000)
  if (!f) { flush(); return }

  // The form's own script hands over how to begin anew and what to send.
  window.more = function (begin, random, speak, redraw) {
    form = { speak: speak, redraw: redraw, restart: function () { f.querySelector('[name="~id"]').value = random(); begin() } }
    reset()
  }
  f.addEventListener('submit', function (e) {
    if (!window.fetch) return
    e.preventDefault()
    e.stopImmediatePropagation()
    send()
  }, true)
  list('.tongues button').forEach(function (b) {
    b.onclick = function () {
      form.speak(b.value)
      show('form')
      if (d.documentElement.requestFullscreen) d.documentElement.requestFullscreen().catch(function () {})
    }
  })
  id('next').onclick = id('again').onclick = reset
  id('stay').onclick = touched
  ;['pointerdown', 'touchstart', 'keydown', 'input', 'wheel'].forEach(function (what) { addEventListener(what, function () { if (!stopAt) last = Date.now() }, { passive: true }) })
  setInterval(function () {
    if (screen == 'hello' || screen == 'shut') return
    if (!stopAt && Date.now() - last > data.idle * 1000) {
      stopAt = Date.now() + data.countdown * 1000
      id('still').hidden = false
      id('stay').focus()
    }
    if (!stopAt) return
    id('ticks').textContent = Math.max(0, Math.ceil((stopAt - Date.now()) / 1000))
    if (Date.now() > stopAt) { touched(); reset() }
  }, 250)
  setInterval(function () { if (screen == 'hello' || screen == 'shut') look() }, 60000)

  // Back and forth never bring a person's answers again: the page stays, and is blank.
  history.pushState(null, '', location.href)
  addEventListener('popstate', function () { history.pushState(null, '', location.href); reset() })
  addEventListener('pageshow', function (e) { if (e.persisted) reset() })
})();
