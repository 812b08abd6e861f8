// A preview shows the question that is being edited, also where its condition does not hold yet.
;(function () {
  var block = document.getElementById('q-' + document.getElementById('f').dataset.at)
  if (!block) return
  for (var el = block; el; el = el.parentElement) el.hidden = false
  scrollTo({ top: block.getBoundingClientRect().top + scrollY - 64, behavior: 'instant' }) // scrollIntoView would move the page around too
})()
