// Recording in the browser, where it can: what was recorded is put where a chosen file would be, and can be heard first.
(function () {
  if (!window.MediaRecorder || !navigator.mediaDevices || !window.DataTransfer) return
  const words = JSON.parse(document.getElementById("words").textContent)
  const kinds = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"].filter((kind) => MediaRecorder.isTypeSupported(kind))
  if (!kinds.length) return

  for (const form of document.querySelectorAll(".add")) {
    const button = document.createElement("button"), audio = document.createElement("audio"), said = document.createElement("span")
    button.type = "button"
    button.className = "quiet record"
    button.textContent = words.record
    audio.controls = true
    audio.hidden = true
    said.setAttribute("role", "status")
    form.querySelector(".do").append(button, audio, said)
    let recorder = null
    button.addEventListener("click", async () => {
      if (recorder) return recorder.stop()
      try {
        recorder = await listen(form, audio, () => { recorder = null; button.textContent = words.record; said.textContent = "" })
        button.textContent = words.stop
        said.textContent = "●"
      } catch { said.textContent = words.denied }
    })
  }

  /** A recorder that runs; it stops by itself, and hands over what it heard. */
  async function listen(form, audio, ended) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    const recorder = new MediaRecorder(stream, { mimeType: kinds[0], audioBitsPerSecond: 12000 }), parts = []
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data))
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop())
      const kept = new DataTransfer(), sound = new Blob(parts, { type: kinds[0].split(";")[0] })
      kept.items.add(new File([sound], "recording", { type: sound.type }))
      form.querySelector('[name="sound"]').files = kept.files
      audio.src = URL.createObjectURL(sound)
      audio.hidden = false
      ended()
    })
    recorder.start()
    setTimeout(() => { if (recorder.state === "recording") recorder.stop() }, words.most * 1000)
    return recorder
  }
})()
