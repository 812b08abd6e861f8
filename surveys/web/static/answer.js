// The participant's page: hiding, drafts, languages, ranking, sending. Everything works without it, less comfortably.
(function () {
  var d = document, h = d.documentElement, f = d.getElementById('f')
  var data = JSON.parse(d.getElementById('data').textContent)
  var KEY = 'tupuy:' + data.key, SHARED = 'tupuy:shared'
  var waiting = false, busy = false, drafted = false, leaving = false, sent = false, tries = 0, timer, last
  // What phone.js, which comes once the page can be used, asks of this page and adds to it.
  var phone = window.tupuy = { blank: blank, told: told, share: share, done: done, mute: '' }
  function id(name) { return d.getElementById(name) }
  function all(query, root) { return Array.prototype.slice.call((root || d).querySelectorAll(query)) }
  function named(name) { return all('[name="' + name + '"]', f) }
  function closest(el, query) { return el.closest(query) }
  function own(name) { return named(name)[0] }

  // What was answered, as the server would read it; what is hidden counts as missing.
  function isOn(el) { return /radio|checkbox/.test(el.type) ? el.checked : el.value.trim() }
  function isAsked(el) { return !closest(el, '[data-if][hidden]') }
  function isAnswer(el) { return el.name && el.name[0] != '~' }
  function answers() {
    var said = {}
    all('input,select,textarea', f).forEach(function (el) {
      if (!isAnswer(el) || el.value[0] == '~' || !isAsked(el)) return
      var key = el.type == 'checkbox' && el.name.indexOf('/') < 0 && data.num.indexOf(el.name) < 0 ? el.name + '/' + el.value : el.name
      if (key != el.name) { if (named(el.name).some(function (o) { return o.checked && o.value[0] != '~' && isAsked(o) })) said[key] = +el.checked }
      else if (el.type == 'checkbox') said[key] = +el.checked
      else if (isOn(el)) said[key] = data.num.indexOf(key) < 0 ? el.value.trim().replace(/\s+/g, ' ') : +el.value.replace(/,(?!\d{3}$)/, '.')
    })
    return said
  }
  function hide() {
    var said = answers()
    all('[data-if]').forEach(function (el) {
      var was = el.hidden
      el.hidden = !conditionHolds(data['if'][+el.dataset['if']], said)
      if (was == el.hidden) return
      if (closest(el, '.rank')) { el.querySelector('select').value = ''; number(el.parentNode, places(el.parentNode)) }
      said = answers()
    })
    all('section', f).forEach(function (el) { el.hidden = false; var asked = all('.q,.scale,.many', el); el.hidden = asked.length > 0 && asked.every(function (q) { return closest(q, '[hidden]') }) })
    all('.other').forEach(function (el) { el.hidden = !all('input[value="other"]:checked', el.parentNode).length })
  }
  function count() {
    var asked = all('[data-q]').filter(function (q) { return !closest(q, '[hidden]') })
    var done = asked.filter(function (q) { return all('input,select,textarea', q).some(isOn) }).length
    all('.n').forEach(function (el) { el.textContent = done })
    all('.of').forEach(function (el) { el.textContent = asked.length })
    var bar = d.querySelector('progress')
    bar.max = asked.length || 1
    bar.value = done
    all('textarea').forEach(function (el) {
      var left = el.dataset.longest - el.value.length, says = id('l-' + el.name)
      says.querySelector('b').textContent = left
      says.className = left < 0 ? 'error' : 'hint'
    })
  }

  // The draft lives on this phone until sending has succeeded. It never holds a receipt. One tab writes it; on a shared
  // phone nobody does.
  function random() {
    var b = new Uint8Array(16), hex = ''
    if (window.crypto && crypto.getRandomValues) crypto.getRandomValues(b)
    else return own('~id').value
    b[6] = b[6] & 15 | 64
    b[8] = b[8] & 63 | 128
    b.forEach(function (n, i) { hex += (i == 4 || i == 6 || i == 8 || i == 10 ? '-' : '') + (n + 256).toString(16).slice(1) })
    return hex
  }
  function save() {
    if (!data.key || phone.mute) return
    var typed = all('input,select,textarea', f).filter(function (el) { return isAnswer(el) && isOn(el) }).map(function (el) { return [el.name, el.value] })
    var mixed = all('[data-mix]').map(function (el) { return all('[name]', el).map(function (o) { return o.name + '=' + o.value }) })
    try {
      var there = localStorage[KEY]
      if (there && there != last && (drafted || draft().id != own('~id').value)) return phone.twin && phone.twin()
      localStorage[KEY] = last = JSON.stringify({ id: own('~id').value, lang: h.lang, typed: typed, mixed: mixed })
      id('saved').hidden = false
      drafted = true
    } catch (e) { id('saved').hidden = true }
  }
  function draft() { try { return JSON.parse(localStorage[KEY]) } catch (e) { return null } }
  function forget() { try { if (draft().id == own('~id').value) localStorage.removeItem(KEY) } catch (e) {} }
  function done() { forget(); sent = true; waiting = false }
  // Everything of ours on this phone: drafts, what waits to be sent, kept pages, the worker that keeps them.
  function erase() {
    var sw = navigator.serviceWorker
    try { Object.keys(localStorage).forEach(function (key) { if (!key.indexOf('tupuy')) localStorage.removeItem(key) }) } catch (e) {}
    try { indexedDB.deleteDatabase('tupuy') } catch (e) {}
    if (window.caches) caches.keys().then(function (names) { names.forEach(function (name) { if (!name.indexOf('tupuy')) caches.delete(name) }) }).catch(function () {})
    if (sw && sw.getRegistrations) sw.getRegistrations().then(function (all) { all.forEach(function (one) { one.unregister() }) }).catch(function () {})
    if (phone.erased) phone.erased()
  }
  function share(on) {
    phone.mute = on ? 'shared' : ''
    try { if (on) sessionStorage[SHARED] = 1; else sessionStorage.removeItem(SHARED) } catch (e) {}
    id('saved').hidden = true
    if (on) erase()
    else save()
  }
  function load() {
    var kept = phone.mute ? null : draft()
    own('~id').value = kept ? kept.id : random()
    if (!kept) return
    last = localStorage[KEY]
    drafted = true
    if (!/[?&]lang=/.test(location.search)) {
      if (carries(kept.lang)) speak(kept.lang)
      else if (kept.lang != h.lang && all('.tongue [value="' + kept.lang + '"]').length) location.replace('?lang=' + kept.lang)
    }
    all('[data-mix]').forEach(function (el, i) {
      ;(kept.mixed[i] || []).forEach(function (key) {
        all('[name]', el).forEach(function (o) { if (o.name + '=' + o.value == key && o.type != 'select-one') while (o.parentNode != el) o = o.parentNode, o.parentNode == el && el.appendChild(o) })
      })
    })
    kept.typed.forEach(function (pair) {
      named(pair[0]).forEach(function (el) { if (!/radio|checkbox/.test(el.type)) el.value = pair[1]; else if (el.value == pair[1]) el.checked = true })
    })
    id('saved').hidden = false
  }
  function blank() {
    forget()
    sent = drafted = false
    all('input,select,textarea', f).forEach(function (el) {
      if (/radio|checkbox/.test(el.type)) el.checked = false
      else if (isAnswer(el) || /^~(card|receipt)$/.test(el.name)) el.value = ''
    })
    own('~id').value = random()
    waiting = false
    clearTimeout(timer)
    id('saved').hidden = id('sum').hidden = true
    all('.bad').forEach(function (el) { el.classList.remove('bad') })
    all('[id^="e-"]').forEach(function (el) { el.remove() })
    all('.rank').forEach(rank)
    hide(); count(); signal()
  }

  // Both languages are in the page, unless there are more than two: then the button asks the server.
  function carries(to) { return all('h1 > [lang="' + to + '"]:not(.keep)').length }
  function speak(to) {
    h.lang = own('~lang').value = to
    d.title = told(d.querySelector('h1')) + ' – Tupuy'
    all('.tongue button').forEach(function (b) { b.setAttribute('aria-pressed', b.value == to); if (b.value == to) h.dir = b.dir })
  }
  function told(el) { return (el.querySelector(':scope > [lang="' + h.lang + '"]') || el).textContent.trim() }

  // Ranking: each place selector becomes a button, tapped in order; tapped again it leaves.
  function places(list) { return all('select', list).filter(function (s) { return s.value }).sort(function (a, b) { return a.value - b.value }) }
  function rank(list) {
    all('select', list).forEach(function (s) {
      var b = s.parentNode.querySelector('button')
      b.setAttribute('aria-pressed', !!s.value)
      b.firstChild.textContent = s.value
    })
  }
  function number(list, order) {
    order.forEach(function (s, i) { s.value = i + 1 })
    rank(list)
  }
  function tap(list, s) {
    var order = places(list), at = order.indexOf(s)
    if (at >= 0) { order.splice(at, 1); s.value = '' } else if (order.length < list.dataset.places) order.push(s)
    number(list, order)
    all('[value="~refused"],[value="~unknown"]', list.parentNode).forEach(function (el) { el.checked = false })
    list.parentNode.querySelector('.sr').textContent = order.map(function (o) { return o.value + ': ' + told(o.parentNode.querySelector('button span')) }).join('. ')
    changed()
  }
  function buttons(list) {
    all('select', list).forEach(function (s) {
      var b = d.createElement('button'), label = s.parentNode.querySelector('label')
      b.type = 'button'
      b.innerHTML = '<b></b><span>' + label.innerHTML + '</span>'
      label.hidden = s.hidden = true
      s.parentNode.appendChild(b)
    })
    rank(list)
  }

  // "None of these", "I do not know" and "I prefer not to answer" exclude the rest, both ways.
  function exclude(el) {
    var mine = named(el.name).filter(function (o) { return o != el })
    var list = closest(el, '.q') && closest(el, '.q').querySelector('.rank')
    if (!isOn(el)) return
    mine.forEach(function (o) {
      if (o.type == 'checkbox' && ('alone' in el.dataset || 'alone' in o.dataset)) o.checked = false
    })
    if (list && el.value[0] == '~') { all('select', list).forEach(function (s) { s.value = '' }); rank(list) }
  }
  function changed() { hide(); count(); save() }

  // Sending: by fetch, so that a lost signal is told apart from an answer; what the server says in words is shown here.
  function signal() {
    var off = navigator.onLine === false
    id('off').hidden = !off && !waiting
    id('going').hidden = waiting
    id('waiting').hidden = !waiting
    if (!off && waiting) send()
  }
  function stay() {
    waiting = true
    id('off').hidden = id('waiting').hidden = false
    id('going').hidden = true
    clearTimeout(timer)
    timer = setTimeout(send, Math.min(300, 5 * Math.pow(2, tries++)) * (500 + Math.random() * 500))
  }
  // Answers that cannot be sent now wait on the phone where they may, else on this page while it is open.
  function later() {
    if (phone.wait) phone.wait().catch(stay)
    else stay()
  }
  function send() {
    if (busy) return
    busy = true
    id('sending').hidden = false
    var stop = window.AbortController && new AbortController(), late = setTimeout(function () { if (stop) stop.abort() }, 45000)
    fetch(f.action, { method: 'POST', body: new URLSearchParams(new FormData(f)), headers: { Accept: 'application/json' }, credentials: 'omit', signal: stop ? stop.signal : undefined }).then(function (r) {
      if (r.status >= 500 || r.status == 429 || r.status == 408) return later()
      waiting = false
      if (r.ok) return r.json().then(function (said) { done(); location.replace(said.thanks) })
      if (r.status == 422) return r.text().then(redraw)
      post()
    }).catch(later).then(function () { clearTimeout(late); busy = false; id('sending').hidden = true })
  }
  function post() { HTMLFormElement.prototype.submit.call(f) }
  // What is wrong comes drawn by the server, as it would without this script: the form takes its place.
  function redraw(html) {
    var at = html.indexOf('<form')
    if (at < 0) return post()
    f.innerHTML = html.slice(html.indexOf('>', at) + 1, html.indexOf('</form>'))
    signal()
    begin()
    id('sum').scrollIntoView()
    id('sum').focus({ preventScroll: true })
  }

  f.addEventListener('input', function (e) { if (!isAnswer(e.target)) return; exclude(e.target); changed() })
  f.addEventListener('change', function (e) { if (isAnswer(e.target) && e.target.type != 'text') changed() })
  // Enter in a line does not send a half-filled form.
  f.addEventListener('keydown', function (e) { if (e.key == 'Enter' && e.target.tagName == 'INPUT') e.preventDefault() })
  f.addEventListener('submit', function (e) {
    if (leaving || !window.fetch || !window.URLSearchParams) return
    e.preventDefault()
    tries = 0
    if (navigator.onLine === false) later()
    else send()
  })
  all('.tongue button').forEach(function (b) {
    b.onclick = function (e) {
      leaving = !carries(b.value)
      if (leaving) return
      e.preventDefault()
      speak(b.value)
      if (draft()) save()
    }
  })
  f.addEventListener('click', function (e) {
    var b = closest(e.target, '.rank button'), a = closest(e.target, '#sum a'), to = a && id(a.getAttribute('href').slice(1))
    if (b) tap(closest(b, '.rank'), b.parentNode.querySelector('select'))
    if (closest(e.target, '#wipe') && confirm(told(id('sure')))) { erase(); blank(); scrollTo(0, 0) }
    if (!to) return
    e.preventDefault()
    to.open = true
    to.scrollIntoView()
    var first = all('input,button,textarea,select', to).filter(function (el) { return !closest(el, '[hidden]') })[0]
    if (first) first.focus({ preventScroll: true })
  })
  addEventListener('online', signal)
  addEventListener('offline', signal)
  // Coming back to a page that the browser kept: what was sent or erased meanwhile is gone here too.
  addEventListener('pageshow', function (e) { if (e.persisted && (sent || drafted && !phone.mute && !draft())) blank() })
  function begin() {
    all('.rank').forEach(buttons)
    hide(); count(); signal()
  }
  try { phone.mute = sessionStorage[SHARED] ? 'shared' : '' } catch (e) {}
  var shared = id('shared')
  if (shared) {
    shared.checked = !!phone.mute
    shared.onchange = function () { phone.share(shared.checked) }
  }
  if (data.fresh) load()
  begin()
  if (!data.fresh) save()
  // A kiosk and an interviewer's page do more with the same form; on other pages this line stays a comment.
  //: more(begin, random, speak, redraw)
  if (data.phone) addEventListener('load', function () {
    var code = d.createElement('script')
    code.src = data.phone
    d.body.appendChild(code)
  })
})()
