// Recordings: nothing is loaded before a tap; a second tap stops. Without this script the link opens the sound.
;(function () {
  var sound, playing
  function stop() {
    if (!sound) return
    sound.pause()
    playing.classList.remove('on')
    sound = null
  }
  document.addEventListener('click', function (e) {
    var a = e.target.closest && e.target.closest('.voice'), again = a && playing == a && sound
    if (!a || !window.Audio) return
    e.preventDefault()
    stop()
    if (again) return
    sound = new Audio(a.href)
    playing = a
    a.classList.remove('mute')
    a.classList.add('on')
    sound.onended = stop
    sound.onerror = function () { a.classList.add('mute'); a.classList.remove('on') }
    var started = sound.play()
    if (started && started.catch) started.catch(function () { a.classList.remove('on') })
  })
})()
