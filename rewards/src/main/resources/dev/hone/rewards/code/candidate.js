// Runs an untrusted solution in JavaScript and calls its functions as asked, a line of JSON each way.
'use strict';
const fs = require('fs');
const vm = require('vm');

function answer(message) {
  const data = Buffer.from(JSON.stringify(message) + '\n');
  for (let at = 0; at < data.length;) at += fs.writeSync(4, data, at);
}

function encode(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { integer: value.toString() };
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
    return { float: Number.isNaN(value) ? 'nan' : value === Infinity ? 'inf' : value === -Infinity ? '-inf' : String(value) };
  }
  if (Array.isArray(value)) return value.map(encode);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value, encode);
  if (value instanceof Set) return { set: [...value].map(encode) };
  if (value instanceof Map) return { dict: [...value].map(([k, v]) => [encode(k), encode(v)]) };
  if (typeof value === 'object') return { dict: Object.entries(value).map(([k, v]) => [k, encode(v)]) };
  return { object: typeof value };
}

function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  const [[tag, content]] = Object.entries(value);
  if (tag === 'float') return content === 'inf' ? Infinity : content === '-inf' ? -Infinity : Number(content);
  if (tag === 'tuple') return content.map(decode);
  if (tag === 'set') return new Set(content.map(decode));
  if (tag === 'dict') {
    const object = {};
    for (const [k, v] of content) object[decode(k)] = decode(v);
    return object;
  }
  return content;
}

let rest = Buffer.alloc(0);
function line() {
  const chunk = Buffer.alloc(1 << 16);
  let end;
  while ((end = rest.indexOf(10)) < 0) {
    const got = fs.readSync(3, chunk, 0, chunk.length, null);
    if (got === 0) return null;
    rest = Buffer.concat([rest, chunk.subarray(0, got)]);
  }
  const text = rest.subarray(0, end).toString();
  rest = rest.subarray(end + 1);
  return text;
}

// A function that the solution exports, defines at its top, or has as a method of its class Solution.
function find(name) {
  const exported = global.module.exports[name];
  if (typeof exported === 'function') return exported;
  const defined = vm.runInThisContext(`typeof ${name} === 'function' ? ${name} : null`);
  if (defined) return defined;
  const solution = vm.runInThisContext("typeof Solution === 'function' ? new Solution() : null");
  return solution && typeof solution[name] === 'function' ? solution[name].bind(solution) : null;
}

line(); // the setup, which has nothing for this language
const source = fs.readFileSync('solution.js', 'utf8');
let script;
try {
  script = new vm.Script(source, { filename: 'solution.js' });
} catch (error) {
  answer({ refused: String(error) });
  process.exit(0);
}
global.require = require;
global.module = { exports: {} };
global.exports = global.module.exports;
script.runInThisContext();
answer({ ready: true });
for (let text; (text = line()) !== null;) {
  const request = JSON.parse(text);
  const found = find(request.function);
  if (!found) {
    answer({ raised: ['ReferenceError', `the program defines no ${request.function}`] });
    continue;
  }
  answer({ returned: encode(found(...decode(request.args))) });
}
