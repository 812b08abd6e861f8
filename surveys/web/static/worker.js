// The service worker of the participant's pages, for /r/ alone. It keeps a form that was opened, so that it opens again
// without a signal. It touches nothing but GET, keeps nothing that the server does not mark, and sends nothing by itself.
var KEPT = 'tupuy-pages-1', PATIENCE = 8000, seen = {}

self.addEventListener('install', function () { self.skipWaiting() })
self.addEventListener('activate', function (e) {
  e.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name.indexOf('tupuy-') == 0 && name != KEPT }).map(function (name) { return caches.delete(name) }))
  }).then(function () { return self.clients.claim() }))
})

// One copy per page, whatever language it was asked for in.
function key(url) { url = new URL(url, self.location); return url.origin + url.pathname }
function mayBeKept(response) { return response.ok && !response.redirected && response.headers.get('Tupuy-Keep') == 'yes' }
function isCode(url) { return /\/static\/phone\.js$/.test(new URL(url, self.location).pathname) }
function kept(url) { return caches.open(KEPT).then(function (pages) { return pages.match(isCode(url) ? url : key(url), { ignoreVary: true }) }) }

// A page asks to be kept once it runs, and never on a shared phone; what was just fetched for it is not fetched again.
function keep(url) {
  var known = seen[key(url)]
  return (known ? Promise.resolve(known.clone()) : fetch(url, { credentials: 'omit' })).then(function (response) {
    if (!(isCode(url) ? response.ok : mayBeKept(response))) return
    return caches.open(KEPT).then(function (pages) { return pages.put(isCode(url) ? url : key(url), response) })
  })
}
self.addEventListener('message', function (e) { if (e.data && e.data.keep) e.waitUntil(Promise.all(e.data.keep.map(keep))) })

// What the kept copy is, it says: the page reads the mark and tells the person. It is read whole before the network is asked.
function marked(copy) {
  if (!copy) return
  return copy.text().then(function (words) {
    var headers = new Headers(copy.headers)
    headers.delete('Content-Encoding')
    headers.delete('Content-Length')
    return new Response(words.replace('<html', '<html data-kept="1"'), { headers: headers })
  })
}
function forget(url) { return caches.open(KEPT).then(function (pages) { return pages.delete(key(url)) }) }
function fresh(request) {
  return fetch(request).then(function (response) {
    if (mayBeKept(response)) seen[key(request.url)] = response.clone()
    else if (/^(403|404|410)$/.test(response.status)) { delete seen[key(request.url)]; return forget(request.url).then(function () { return response }) }
    return response
  })
}
function page(request) {
  return kept(request.url).then(marked).then(function (copy) {
    if (!copy) return fresh(request)
    var late = new Promise(function (done) { setTimeout(done, PATIENCE) })
    return Promise.race([fresh(request), late]).then(function (response) {
      return response && response.status < 500 ? response : copy
    }, function () { return copy })
  })
}
function beside(request) { return fetch(request).catch(function (fault) { return kept(request.url).then(function (copy) { if (copy) return copy; throw fault }) }) }

self.addEventListener('fetch', function (e) {
  var request = e.request, url = new URL(request.url)
  if (request.method != 'GET' || url.origin != self.location.origin) return
  var path = url.pathname.slice(new URL(self.registration.scope).pathname.length)
  if (request.mode == 'navigate') { if (/^[^/]+$/.test(path)) e.respondWith(page(request)) }
  else if (isCode(request.url) || /^[^/]+\/words$/.test(path)) e.respondWith(beside(request))
})
