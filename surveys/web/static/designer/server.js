// Asks the server, in JSON.

import { say } from "./words.js"

/** What the server answers; a Fault with words for people when it refuses or cannot be reached. */
export async function fetchJson(address, token = "", body = undefined) {
  const sent = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) }
  let answer
  try { answer = await fetch(address, sent) } catch { throw new Fault(say("state_offline"), 0) }
  const said = await answer.json().catch(() => ({}))
  if (answer.ok) return said
  throw new Fault((said.problems ?? []).map(inWords).join(" ") || say("refused"), answer.status, said)
}

export const inWords = ({ fault, remedy }) => [fault, remedy].filter(Boolean).join(" ")

export class Fault extends Error {
  constructor(words, status, said = {}) { super(words); Object.assign(this, { status, said }) }
}
