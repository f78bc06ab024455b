'use strict';

const $ = (id) => document.getElementById(id);
const canvas = $('canvas');
const pen = canvas.getContext('2d');
const SHOWN = 10;
let token = '';
let drawn = false;
let pending = 0;
let latest = 0;

function headers(type) {
  const all = token ? { Authorization: 'Bearer ' + token } : {};
  return type ? { ...all, 'Content-Type': type } : all;
}

function clearField() {
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawn = false;
  latest++;
  show('', []);
}

function show(said, bars) {
  $('said').textContent = said;
  $('bars').replaceChildren(...bars.map(([name, p]) => {
    const row = document.createElement('li');
    const label = document.createElement('span');
    const meter = document.createElement('meter');
    const number = document.createElement('span');
    label.textContent = name;
    meter.value = p;
    number.textContent = (100 * p).toFixed(1) + ' %';
    row.append(label, meter, number);
    return row;
  }));
}

async function predict(body, type) {
  const mine = ++latest;
  try {
    const response = await fetch('predict', { method: 'POST', headers: headers(type), body });
    const told = await response.json();
    if (mine !== latest) return; // a newer question is on its way
    if (!response.ok) {
      show(told.error, []);
      $('tokenForm').hidden = response.status !== 401;
    } else if (told.probabilities) {
      const bars = Object.entries(told.probabilities).sort((a, b) => b[1] - a[1]);
      show(told.class, bars.slice(0, SHOWN));
    } else {
      show(told.answer, []);
    }
  } catch (e) {
    if (mine === latest) show('The server does not answer.', []);
  }
}

function askOfField() {
  canvas.toBlob((png) => { if (drawn) predict(png, 'image/png'); }, 'image/png');
}

function at(event) {
  const box = canvas.getBoundingClientRect();
  return [
    (event.clientX - box.left) * canvas.width / box.width,
    (event.clientY - box.top) * canvas.height / box.height,
  ];
}

canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  pen.lineWidth = 20;
  pen.lineCap = pen.lineJoin = 'round';
  pen.strokeStyle = '#000';
  pen.beginPath();
  pen.moveTo(...at(event));
  pen.lineTo(...at(event));
  pen.stroke();
  drawn = true;
});
canvas.addEventListener('pointermove', (event) => {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  pen.lineTo(...at(event));
  pen.stroke();
});
canvas.addEventListener('pointerup', () => {
  clearTimeout(pending);
  pending = setTimeout(askOfField, 100);
});
$('clear').addEventListener('click', clearField);
$('file').addEventListener('change', () => {
  const file = $('file').files[0];
  if (file) predict(file, file.type || 'application/octet-stream');
});
$('ask').addEventListener('click', () => predict($('json').value, 'application/json'));
$('tokenForm').addEventListener('submit', (event) => {
  event.preventDefault();
  token = $('token').value;
  start();
});

async function start() {
  const response = await fetch('model', { headers: headers() });
  $('tokenForm').hidden = response.status !== 401;
  if (!response.ok) {
    $('about').textContent = (await response.json()).error;
    return;
  }
  const model = await response.json();
  const pictures = model.takes === 'pictures';
  $('about').textContent = model.model + (model.data ? ', trained on ' + model.data : '');
  $('drawing').hidden = !model.drawing;
  $('upload').hidden = !pictures;
  $('question').hidden = pictures;
  if (!pictures) $('json').value = JSON.stringify(Object.fromEntries(model.takes.map((t) => [t, ''])), null, 1);
}

clearField();
start();
