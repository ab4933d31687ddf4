// The line to the server: a view asks, and hears answers to the last thing that it asked.

const listeners = new Map(); // view → {id, answer, end, fail, late}
const waiting = new Map(); // view → message, while the line is down
let socket = null;
let number = 0;
let tries = 0;
let openings = 0;
const again = new Set();

// Call this whenever the line is there anew: what was being asked has had no answer, and gets none.
export const whenAgain = (listener) => again.add(listener);

function announce(text) {
  document.getElementById("status").textContent = text;
}

export function open() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/line`);
  socket.onopen = () => {
    tries = 0;
    announce("");
    for (const message of waiting.values()) socket.send(message);
    waiting.clear();
    openings += 1;
    if (openings > 1) for (const listener of again) listener();
  };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = (event) => {
    tries += 1;
    announce(`The connection to deter was lost${event.reason ? ` (${event.reason})` : ""}. Is deter app still running? Trying again…`);
    setTimeout(open, Math.min(5000, 250 * 2 ** tries));
  };
}

function hear(message) {
  const listener = listeners.get(message.view);
  if (message.view === null) announce(message.error);
  if (!listener) return;
  if (listener.id !== message.id) {
    if (message.id < listener.id && message.data !== undefined) listener.late(message.data);
    return;
  }
  if (message.error !== undefined) listener.fail(message.error);
  else if (message.done) listener.end();
  else listener.answer(message.data);
}

// Ask a view of the server. What it was asked before is forgotten; what the server still says to that is `late`.
export function ask(view, what, { answer, end = () => {}, fail = announce, late = () => {} }) {
  number += 1;
  listeners.set(view, { id: number, answer, end, fail, late });
  const message = JSON.stringify({ view, id: number, ask: what });
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(message);
  else waiting.set(view, message);
}
