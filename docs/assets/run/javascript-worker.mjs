// The engine of engines/javascript, unchanged: lines of the protocol in, lines out.
import { answer } from "../made/javascript/protocol.mjs";

const bytes = new TextEncoder();

self.onmessage = ({ data: { id, message } }) => {
  try {
    const replies = message.map((request) => JSON.parse(answer(bytes.encode(JSON.stringify(request))).text));
    self.postMessage({ id, answer: replies });
  } catch (problem) {
    self.postMessage({ id, problem: problem.message });
  }
};
