// Takes the place of the service worker where phones may no longer keep pages: erases what was kept and takes itself away.
self.addEventListener('install', function () { self.skipWaiting() })
self.addEventListener('activate', function (e) {
  e.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name.indexOf('tupuy-') == 0 }).map(function (name) { return caches.delete(name) }))
  }).then(function () { return self.registration.unregister() }))
})
