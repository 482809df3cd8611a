// The engine as a process: a line comes in, a line goes out (CF-6). Node.js 20 or later, no dependencies.

import { answer } from './protocol.mjs';

/** Answers one line; true after `bye`. */
function serveLine(line) {
  const { text, isLast } = answer(line);
  if (text !== undefined) process.stdout.write(`${text}\n`);
  return isLast === true;
}

async function serve() {
  let parts = [];
  for await (const chunk of process.stdin) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      start = end + 1;
      if (serveLine(Buffer.concat(parts))) return;
      parts = [];
    }
    parts.push(chunk.subarray(start));
  }
  serveLine(Buffer.concat(parts));
}

await serve();
process.exitCode = 0;
process.stdin.destroy();
