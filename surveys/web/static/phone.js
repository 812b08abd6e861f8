// What the participant's pages add once they can be used: answers that wait for a signal, one draft in several tabs, the
// worker that keeps an opened form. Fetched after the page; without it everything works while the page stays open.
(function () {
  var d = document, h = d.documentElement, data = JSON.parse(d.getElementById('data').textContent)
  var page = window.tupuy || {}, f = d.getElementById('f'), LOOKED = 'tupuy:looked', BOX = 'tupuy>'
  var timer, tries = 0, busy = false, going, mine, thanked, sent = []
  function id(name) { return d.getElementById(name) }
  function all(query, root) { return Array.prototype.slice.call((root || d).querySelectorAll(query)) }
  function nothing() {}
  function told(el) { return (el.querySelector(':scope > [lang="' + h.lang + '"]') || el).textContent.trim() }

  // The box of answers that wait: IndexedDB, else localStorage. Keeping fails where the phone keeps nothing.
  function inBox(mode, work) {
    return new Promise(function (done, fail) {
      var asked = indexedDB.open('tupuy', 1)
      asked.onupgradeneeded = function () { asked.result.createObjectStore('waiting', { keyPath: 'id' }) }
      asked.onerror = asked.onblocked = fail
      asked.onsuccess = function () {
        var db = asked.result, turn = db.transaction('waiting', mode, { durability: 'strict' }), said
        turn.oncomplete = function () { db.close(); done(said.result) }
        turn.onabort = function () { db.close(); fail(turn.error) }
        try { said = work(turn.objectStore('waiting')) } catch (e) { turn.abort() }
      }
    })
  }
  function put(item) {
    return inBox('readwrite', function (box) { return box.put(item) }).catch(function () { localStorage[BOX + item.id] = JSON.stringify(item) })
  }
  function drop(which) {
    try { localStorage.removeItem(BOX + which) } catch (e) {}
    return inBox('readwrite', function (box) { return box.delete(which) }).catch(nothing)
  }
  function waiting() {
    return inBox('readonly', function (box) { return box.getAll() }).catch(function () { return [] }).then(function (items) {
      try {
        Object.keys(localStorage).forEach(function (key) { if (!key.indexOf(BOX)) items.push(JSON.parse(localStorage[key])) })
      } catch (e) {}
      return items
    })
  }

  // Sending: one after the other, each under the id it was given, so that a repeated one is recognised and stored once.
  function post(item) {
    var stop = window.AbortController && new AbortController(), late = setTimeout(function () { if (stop) stop.abort() }, 45000)
    return fetch(item.to, {
      method: 'POST',
      body: item.body,
      headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
      credentials: 'omit',
      signal: stop ? stop.signal : undefined
    }).then(function (r) {
      if (r.status >= 500 || r.status == 429 || r.status == 408) throw r.status
      if (!r.ok) {
        item.is = r.status == 422 || r.status == 409 ? 'look' : 'shut'
        return put(item)
      }
      return r.json().then(function (said) {
        if (!said.thanks) throw said
        sent.push({ id: item.id, title: item.title, is: 'sent', thanks: said.thanks })
        return drop(item.id)
      })
    }).then(function () { clearTimeout(late) }, function (fault) { clearTimeout(late); throw fault })
  }
  function inTurn(items) {
    return items.reduce(function (before, item) {
      return before.then(function () { going = item.id; return show() }).then(function () { return post(item) })
    }, Promise.resolve())
  }
  function flush() {
    if (busy) return
    busy = true
    clearTimeout(timer)
    return waiting().then(function (items) { return inTurn(items.filter(function (item) { return !item.is })) }).then(nothing, function () { return true }).then(function (again) {
      busy = false
      going = ''
      if (again) timer = setTimeout(flush, Math.min(300, 5 * Math.pow(2, tries++)) * (500 + Math.random() * 500))
      return show()
    }).then(function (left) {
      if (sent.length == 1 && sent[0].id == mine && !left) location.replace(sent[0].thanks)
    })
  }
  function soon() { tries = 0; flush() }

  // What waits is shown, and each answer can be saved as a file, erased, or looked at again.
  function show() {
    return waiting().then(function (items) {
      var box = id('box')
      if (!box) return items.length
      all('.left').forEach(function (el) { el.textContent = items.length })
      if (id('left')) id('left').hidden = !items.length
      id('now').hidden = !items.some(function (item) { return !item.is })
      box.hidden = !items.length && !sent.length
      var list = box.querySelector('ul')
      list.textContent = ''
      items.concat(sent).forEach(function (item) { list.appendChild(row(item)) })
      return items.length
    })
  }
  function row(item) {
    var li = id('row').cloneNode(true), is = item.id == going ? 'going' : item.is || 'waits'
    li.removeAttribute('id')
    li.querySelector('.what').textContent = item.title
    all('[data-is]', li).forEach(function (el) { el.hidden = el.dataset.is.split(' ').indexOf(is) < 0 })
    all('a', li).forEach(function (a) { a.href = item.thanks })
    all('[data-do]', li).forEach(function (b) { b.onclick = function () { acts[b.dataset['do']](item) } })
    return li
  }
  var acts = {
    erase: function (item) { if (confirm(told(id('gone-too')))) drop(item.id).then(show) },
    save: function (item) {
      var name = 'tupuy-' + item.id.slice(0, 8) + '.txt', words = JSON.stringify({ tupuy: 1, key: item.key, id: item.id, title: item.title, body: item.body })
      var file = window.File && new File([words], name, { type: 'text/plain' })
      if (file && navigator.canShare && navigator.canShare({ files: [file] })) return navigator.share({ files: [file] }).catch(nothing)
      var a = d.createElement('a')
      a.href = URL.createObjectURL(new Blob([words], { type: 'text/plain' }))
      a.download = name
      d.body.appendChild(a)
      a.click()
      a.remove()
    },
    // Sent as a plain form: the server draws what must be looked at. They leave the box when the thanks page is there.
    look: function (item) {
      var form = d.createElement('form')
      form.method = 'post'
      form.action = item.to
      new URLSearchParams(item.body).forEach(function (value, name) {
        var field = d.createElement('input')
        field.type = 'hidden'
        field.name = name
        field.value = value
        if (name != '~seen') form.appendChild(field)
      })
      sessionStorage[LOOKED] = item.id
      d.body.appendChild(form)
      form.submit()
    }
  }
  // A file that another phone saved is sent from here, under the id that it has.
  function bring(file) {
    var reader = new FileReader()
    reader.onload = function () {
      var said = {}
      try { said = JSON.parse(reader.result) } catch (e) {}
      var isOurs = said.tupuy == 1 && said.key == data.key && /^[0-9a-f-]{36}$/.test(said.id) && typeof said.body == 'string'
      id('not-file').hidden = isOurs
      if (isOurs) put({ id: said.id, key: data.key, to: f.action, title: String(said.title), body: said.body }).then(soon, function () { id('not-file').hidden = false })
    }
    reader.readAsText(file)
  }

  // The form's own: answers that cannot be sent now are put in the box, but not on a shared phone and never with a receipt.
  function missing() {
    return data.must.map(function (name) { return id('q-' + name) }).filter(function (q) {
      return q && !q.closest('[hidden]') && !all('input,select,textarea', q).some(function (el) { return /radio|checkbox/.test(el.type) ? el.checked : el.value.trim() })
    })
  }
  function demand(asked) {
    var list = id('sum').querySelector('ul')
    list.textContent = ''
    asked.forEach(function (q) {
      var li = d.createElement('li'), a = d.createElement('a')
      a.href = '#' + q.id
      a.innerHTML = (q.querySelector('legend,.ask') || q).innerHTML
      li.appendChild(a)
      list.appendChild(li)
    })
    id('must').hidden = id('sum').hidden = false
    id('may').hidden = true
    id('sum').scrollIntoView()
    id('sum').focus({ preventScroll: true })
  }
  function wait() {
    var receipt = f.elements['~receipt'], asked = missing() // a personal link has no field for a receipt
    if (page.mute == 'shared' || receipt && receipt.value.trim()) return Promise.reject()
    if (asked.length) { demand(asked); return Promise.resolve() }
    var body = new URLSearchParams(new FormData(f)), item = { id: f.elements['~id'].value, key: data.key, to: f.action, title: told(d.querySelector('h1')) }
    body.set('~seen', '1') // nobody is there to be reminded when it is sent
    item.body = body.toString()
    return put(item).then(function () {
      mine = item.id
      page.done()
      waits(true)
      thanked.focus()
      timer = setTimeout(flush, 2500 + Math.random() * 2500)
      return show()
    })
  }
  function waits(on) {
    d.querySelector('main').classList.toggle('waits', on)
    id('another').hidden = !on
    if (on) id('box').parentNode.insertBefore(thanked, id('box'))
    else thanked.remove()
    scrollTo(0, 0)
  }

  // One tab writes the draft; another says so. It may take over.
  function twin() {
    page.mute = 'twin'
    id('saved').hidden = true
    id('twin').hidden = false
  }
  function hold() { return new Promise(nothing) }
  function claim(again) {
    navigator.locks.request('tupuy:' + data.key, { ifAvailable: true }, function (lock) {
      if (lock) return hold()
      if (again) setTimeout(claim, 500, again - 1)
      else if (!page.mute) twin()
    }).catch(twin)
  }
  function takeOver() {
    var again = function () { location.reload() }
    if (navigator.locks) navigator.locks.request('tupuy:' + data.key, { steal: true }, again)
    else again()
  }

  // The worker keeps this page, so that it opens again without a signal. Where it may not, what is there goes.
  function keep() {
    var sw = navigator.serviceWorker
    if (!sw) {
      id('inapp').hidden = !window.isSecureContext || !/FBA[NV]|Instagram|WhatsApp|Line\/|; wv\)/.test(navigator.userAgent)
      return
    }
    if (!data.worker) {
      sw.getRegistrations().then(function (them) { them.forEach(function (one) { one.unregister() }) }).catch(nothing)
      if (window.caches) caches.keys().then(function (names) { names.forEach(function (name) { if (!name.indexOf('tupuy')) caches.delete(name) }) }).catch(nothing)
    } else if (!page.mute && !h.dataset.kept) {
      sw.register(data.worker, { updateViaCache: 'none' }).then(function (one) {
        (one.active || one.waiting || one.installing).postMessage({ keep: [location.href.split('#')[0], data.words, data.phone] })
      }).catch(nothing)
    }
  }
  function look() {
    if (!h.dataset.kept) return
    id('kept').hidden = false
    if (navigator.onLine) fetch(f.action, { method: 'HEAD', credentials: 'omit' }).then(function (r) {
      if (r.status == 410) id('over').hidden = false
      if (r.status == 410 || r.ok) id('kept').hidden = true
    }).catch(nothing)
  }
  function share(on) {
    return waiting().then(function (items) {
      if (on && items.length && !confirm(told(id('sure')))) id('shared').checked = false
      else base(on)
      if (!on) keep()
    })
  }

  function place(html) {
    var parts = d.createElement('div')
    parts.innerHTML = html
    Array.prototype.slice.call(parts.children).forEach(function (el) {
      var next = el.dataset.before && d.querySelector(el.dataset.before)
      if (el.id == 'thanked') thanked = el // stands in the page while it is said
      else if (next) next.parentNode.insertBefore(el, next)
      else if (!el.dataset.before || el.id == 'box' || el.id == 'gone-too') d.querySelector('main').appendChild(el)
    })
    id('now').onclick = soon
  }
  var base = page.share
  function begin() {
    if (f) {
      page.wait = wait
      page.twin = twin
      page.share = share
      page.erased = function () { sent = []; setTimeout(show, 300) }
      id('another').querySelector('button').onclick = function () { page.blank(); mine = ''; sent = []; waits(false); show() }
      id('twin').querySelector('button').onclick = takeOver
      if (id('file')) id('file').onchange = function () { if (id('file').files[0]) bring(id('file').files[0]) }
      var there = new URL(f.action).pathname
      if (location.pathname != there) history.replaceState(null, '', there + location.search + location.hash)
      if (navigator.locks) claim(3)
      addEventListener('storage', function (e) { if (e.key == 'tupuy:' + data.key && e.newValue && !page.mute) twin() })
      keep()
      look()
      addEventListener('online', look)
    }
    addEventListener('online', soon)
    addEventListener('pageshow', soon)
    d.addEventListener('visibilitychange', function () { if (!d.hidden) soon() })
    soon()
  }

  var looked = ''
  try { looked = sessionStorage[LOOKED] } catch (e) {}
  var ready = data.sent && looked ? drop(looked).then(function () { sessionStorage.removeItem(LOOKED) }) : Promise.resolve()
  // The thanks page has something to say only where more waits.
  ready.then(waiting).then(function (items) {
    if (f || items.length) return fetch(data.words + '?lang=' + h.lang, { credentials: 'omit' })
  }).then(function (r) {
    if (r && r.ok) return r.text().then(place).then(begin)
  }).catch(nothing)
})()
