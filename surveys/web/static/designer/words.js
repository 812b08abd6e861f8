// What the page says, in its own language, from the block that the page brings.

const said = JSON.parse(document.getElementById("words").textContent)

/** The sentence called `key`, with its places filled. One that has two forms chooses by `count`. */
export function say(key, values = {}) {
  const words = Array.isArray(said[key]) ? said[key][values.count === 1 ? 0 : 1] : said[key]
  return words.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] ?? "" : all))
}

const own = new Map()

/** What a language calls itself, as the server or the browser knows it; else its code. */
export function nameOfLanguage(code) {
  if (!own.has(code)) own.set(code, found(code))
  return own.get(code)
}

export const learnLanguages = (languages) => languages.forEach(({ code, name }) => own.set(code, name))

function found(code) {
  try {
    const name = new Intl.DisplayNames([code, document.documentElement.lang], { type: "language" }).of(code) ?? code
    return name[0].toUpperCase() + name.slice(1)
  } catch { return code }
}

/** What the page's own language calls a language, as it stands within a sentence. */
export function languageInWords(code) {
  try { return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(code) } catch { return code }
}

/** Tell everybody what just happened: shown at the foot, read aloud, with one thing to do about it if there is one. */
export function tell(words, action = null) {
  const place = document.querySelector("#told p")
  place.querySelector("span").textContent = words
  const button = place.querySelector("button")
  button.hidden = !action
  button.textContent = action?.words ?? ""
  button.onclick = () => { place.hidden = true; action?.run() }
  place.hidden = false
  clearTimeout(tell.timer)
  if (!action) tell.timer = setTimeout(() => { place.hidden = true }, 8000)
}

/** Say it aloud only: where something moved to. */
export function announce(words) {
  document.getElementById("aloud").textContent = ""
  requestAnimationFrame(() => { document.getElementById("aloud").textContent = words })
}
