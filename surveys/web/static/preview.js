// A preview shows the question that is being edited.
(function () {
  var data = JSON.parse(document.getElementById('data').textContent), block = document.getElementById('q-' + data.at)
  if (block) block.scrollIntoView()
})()
