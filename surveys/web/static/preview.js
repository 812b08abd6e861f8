// A preview shows the question that is being edited.
;(function () {
  var block = document.getElementById('q-' + document.getElementById('f').dataset.at)
  if (block) block.scrollIntoView({ behavior: 'instant' })
})()
