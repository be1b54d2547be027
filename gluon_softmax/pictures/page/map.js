// The map of the words: everything is computed here, from the vectors that the page carries.
"use strict";
(() => {
  const element = id => document.getElementById(id);
  const data = JSON.parse(element("data").textContent);
  const words = data.words, numWords = words.length, size = data.size;
  const ids = new Map(words.map((word, id) => [word, id]));

  function bytesOf(id) {
    const text = element(id).textContent;
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  // Vectors and neighbours

  function float16Table() {
    const table = new Float32Array(65536);
    for (let bits = 0; bits < 65536; bits++) {
      const exponent = (bits >> 10) & 31, fraction = bits & 1023;
      const value = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
      table[bits] = bits & 32768 ? -value : value;
    }
    return table;
  }

  let unit = null, isZero = null;  // (V * d) and (V), read when the first question comes
  function readVectors() {
    if (unit) return;
    const bytes = bytesOf("vectors");
    if (data.precision === "float32") {
      unit = new Float32Array(bytes.buffer, bytes.byteOffset, numWords * size);
    } else {
      const table = float16Table(), halves = new Uint16Array(bytes.buffer, bytes.byteOffset, numWords * size);
      unit = Float32Array.from(halves, half => table[half]);
    }
    isZero = new Uint8Array(numWords);
    for (let id = 0; id < numWords; id++) {
      let any = 0;
      for (let j = id * size; j < (id + 1) * size; j++) any |= unit[j] !== 0;
      isZero[id] = 1 - any;
    }
  }

  // The k nearest words, as WordVectors.most_similar gives them: neither the word itself nor <unk>, a vector
  // of zeros after all others, equally near ones by id.
  function nearest(query, k) {
    readVectors();
    const found = [];  // {id, cosine}, the nearest first
    const isBefore = (cosine, zero, other) =>
      zero !== isZero[other.id] ? zero < isZero[other.id] : cosine > other.cosine;
    const start = query * size;
    for (let id = 0; id < numWords; id++) {
      if (id === query || id === data.unk) continue;
      let sum = 0;
      for (let j = 0, row = id * size; j < size; j++) sum += unit[start + j] * unit[row + j];
      const cosine = Math.fround(Math.max(-1, Math.min(1, sum)));
      if (found.length === k && !isBefore(cosine, isZero[id], found[k - 1])) continue;
      let place = found.length;
      while (place > 0 && isBefore(cosine, isZero[id], found[place - 1])) place--;
      found.splice(place, 0, {id, cosine});
      if (found.length > k) found.pop();
    }
    return found;
  }

  // Where the words are, and in what order they are drawn and named

  const placeBytes = bytesOf("places");
  const places = new Uint16Array(placeBytes.buffer, placeBytes.byteOffset, 2 * numWords);
  const xs = new Float32Array(numWords), ys = new Float32Array(numWords);
  for (let id = 0; id < numWords; id++) {
    xs[id] = places[2 * id] / 65535;
    ys[id] = 1 - places[2 * id + 1] / 65535;
  }
  const CELLS = 128;  // of the grid in which the word under the pointer is looked up
  const cellOf = value => Math.max(0, Math.min(CELLS - 1, Math.floor(value * CELLS)));
  const grid = Array.from({length: CELLS * CELLS}, () => []);
  for (let id = 0; id < numWords; id++) grid[cellOf(ys[id]) * CELLS + cellOf(xs[id])].push(id);

  const FREQUENCY = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"];
  const groupNames = data.groups ? Object.keys(data.groups) : [];
  const groupOf = new Map(groupNames.flatMap(name => data.groups[name].map(id => [id, name])));
  const isDark = matchMedia("(prefers-color-scheme: dark)");
  let colours, sets, order;  // sets: {colour, radius, members, sprite}; order: who gets a label first

  function groupColour(i) {
    const turn = Math.round(360 * i / groupNames.length);
    return `hsl(${turn} ${i % 2 ? 85 : 60}% ${isDark.matches ? 62 : i % 2 ? 38 : 48}%)`;
  }

  function arrange() {
    const style = getComputedStyle(document.documentElement);
    colours = Object.fromEntries(["paper", "ink", "soft", "mark", "rest"].map(
      name => [name, style.getPropertyValue(`--${name}`).trim()]));
    const legend = element("legend");
    const byId = Array.from({length: numWords}, (_, id) => id);
    if (element("colour").value === "group") {
      const rest = byId.filter(id => !groupOf.has(id));
      sets = [{colour: colours.rest, radius: 2, members: rest}];
      groupNames.forEach((name, i) =>
        sets.push({colour: groupColour(i), radius: 4.5, members: data.groups[name], name}));
      order = [...groupOf.keys()].sort((a, b) => a - b).concat(rest);
      legend.replaceChildren(...sets.slice(1).map(set => legendEntry(set.colour, set.name)));
    } else {
      const palette = isDark.matches ? FREQUENCY.slice(2) : [...FREQUENCY].reverse().slice(1);
      sets = palette.map((colour, i) => ({colour, radius: 1.8 + 2.2 * i / palette.length, members: []}));
      const base = Math.log(numWords + 1);
      for (const id of byId) {  // ids are in order of falling frequency
        const share = 1 - Math.log(id + 1) / base;
        sets[Math.min(sets.length - 1, Math.floor(share * 1.6 * sets.length))].members.push(id);
      }
      order = byId;
      legend.replaceChildren(legendEntry(sets[sets.length - 1].colour, "frequent"), legendEntry(sets[0].colour, "rare"));
    }
    for (const set of sets) set.sprite = dot(set.colour, set.radius);
    drawSoon();
  }

  function legendEntry(colour, text) {
    const entry = document.createElement("span"), spot = document.createElement("i");
    spot.style.background = colour;
    entry.append(spot, text);
    return entry;
  }

  function dot(colour, radius) {  // a picture of a point, which is copied faster than it is drawn
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.ceil(2 * (radius + 1) * ratio);
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.globalAlpha = 0.85;
    pen.beginPath();
    pen.arc(canvas.width / 2, canvas.height / 2, radius * ratio, 0, 2 * Math.PI);
    pen.fill();
    return canvas;
  }

  // The view: `scale` screen points per unit of the plane, around `centre`

  const canvas = element("points"), marks = element("marks");
  const pen = canvas.getContext("2d"), marker = marks.getContext("2d");
  let width = 1, height = 1, ratio = 1;
  const view = {x: 0.5, y: 0.5, scale: 1};
  const wholeScale = () => 0.92 * Math.min(width, height);
  const screenX = id => (xs[id] - view.x) * view.scale + width / 2;
  const screenY = id => (ys[id] - view.y) * view.scale + height / 2;

  function resize() {
    const relative = view.scale / wholeScale();
    const wasEmpty = width === 1;
    width = Math.max(1, canvas.clientWidth);
    height = Math.max(1, canvas.clientHeight);
    ratio = window.devicePixelRatio || 1;
    for (const one of [canvas, marks]) {
      one.width = Math.round(width * ratio);
      one.height = Math.round(height * ratio);
    }
    view.scale = wholeScale() * (wasEmpty ? 1 : relative);
    arrange();
  }

  function moveTo(x, y, scale) {
    const most = wholeScale() * Math.max(400, numWords / 10);
    view.scale = Math.max(wholeScale() * 0.5, Math.min(most, scale));
    view.x = Math.max(0, Math.min(1, x));
    view.y = Math.max(0, Math.min(1, y));
    hover(-1);
    drawSoon();
  }

  function zoomAt(factor, x = width / 2, y = height / 2) {  // what is under (x, y) stays there
    const most = wholeScale() * Math.max(400, numWords / 10), least = wholeScale() * 0.5;
    const scale = Math.max(least, Math.min(most, view.scale * factor));
    const shift = 1 / view.scale - 1 / scale;
    moveTo(view.x + (x - width / 2) * shift, view.y + (y - height / 2) * shift, scale);
  }

  const panBy = (dx, dy) => moveTo(view.x - dx / view.scale, view.y - dy / view.scale, view.scale);
  const whole = () => moveTo(0.5, 0.5, wholeScale());

  function fit() {  // the word and its neighbours
    if (chosen < 0) return;
    const members = [chosen, ...shown.map(one => one.id)];
    const [left, right] = [Math.min(...members.map(id => xs[id])), Math.max(...members.map(id => xs[id]))];
    const [top, bottom] = [Math.min(...members.map(id => ys[id])), Math.max(...members.map(id => ys[id]))];
    const room = Math.min(width / (right - left || 1e-6), height / (bottom - top || 1e-6));
    moveTo((left + right) / 2, (top + bottom) / 2, Math.min(room * 0.7, wholeScale() * 60));
  }

  // Drawing

  let isDue = false;
  const timing = {frames: 0, last: 0};  // milliseconds of the last frame's drawing
  function drawSoon() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      const start = performance.now();
      drawPoints();
      drawMarks();
      timing.last = performance.now() - start;
      timing.frames++;
    });
  }

  function drawPoints() {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const growth = Math.min(1.8, Math.max(1, (view.scale / wholeScale()) ** 0.2));
    const isCrowded = numWords > 20000 && view.scale < 6 * wholeScale();
    for (const set of sets) {
      const radius = set.radius * growth, side = 2 * (set.radius + 1) * growth;
      const flat = Math.max(1.5, 0.8 * set.radius);
      if (isCrowded) pen.fillStyle = set.colour;
      for (let i = set.members.length - 1; i >= 0; i--) {  // the frequent ones on top
        const id = set.members[i], x = screenX(id), y = screenY(id);
        if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
        if (isCrowded) pen.fillRect(x - flat / 2, y - flat / 2, flat, flat);
        else pen.drawImage(set.sprite, x - side / 2, y - side / 2, side, side);
      }
    }
    drawLabels();
  }

  const LABEL = 12, BOX = 8;  // pixels of a label's letters, and of a box of the grid that keeps labels apart
  const widths = new Map();
  function widthOf(word) {
    if (!widths.has(word)) widths.set(word, pen.measureText(word).width);
    return widths.get(word);
  }

  function drawLabels() {
    pen.font = `${LABEL}px system-ui, "DejaVu Sans", sans-serif`;
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = colours.paper;
    pen.fillStyle = colours.ink;
    const columns = Math.ceil(width / BOX) + 1, rows = Math.ceil(height / BOX) + 1;
    const taken = new Uint8Array(columns * rows);
    let left = Math.min(160, Math.round(width * height / 6000)), tries = 4000;
    for (let i = 0; i < numWords && left && tries; i++) {
      const id = order[i], x = screenX(id) + 6, y = screenY(id);
      if (x < 0 || y < LABEL || x > width || y > height - LABEL) continue;
      tries--;
      if (taken[Math.floor(y / BOX) * columns + Math.floor(x / BOX)]) continue;
      const long = widthOf(words[id]);
      if (x + long > width || !take(taken, columns, x - 8, y - LABEL / 2, long + 12, LABEL + 2)) continue;
      pen.strokeText(words[id], x, y);
      pen.fillText(words[id], x, y);
      left--;
    }
  }

  function take(taken, columns, x, y, long, high) {  // mark a label's boxes, if all of them are free
    const [first, last] = [Math.max(0, Math.floor(x / BOX)), Math.floor((x + long) / BOX)];
    const [top, bottom] = [Math.max(0, Math.floor(y / BOX)), Math.floor((y + high) / BOX)];
    for (let row = top; row <= bottom; row++)
      for (let column = first; column <= last; column++) if (taken[row * columns + column]) return false;
    for (let row = top; row <= bottom; row++) taken.fill(1, row * columns + first, row * columns + last + 1);
    return true;
  }

  function drawMarks() {  // the chosen word and its neighbours
    marker.setTransform(ratio, 0, 0, ratio, 0, 0);
    marker.clearRect(0, 0, width, height);
    if (chosen < 0) return;
    const x = screenX(chosen), y = screenY(chosen);
    marker.strokeStyle = colours.mark;
    marker.fillStyle = colours.mark;
    marker.lineWidth = 1;
    marker.globalAlpha = 0.55;
    for (const {id} of shown) {
      marker.beginPath();
      marker.moveTo(x, y);
      marker.lineTo(screenX(id), screenY(id));
      marker.stroke();
    }
    marker.globalAlpha = 1;
    const columns = Math.ceil(width / BOX) + 1, rows = Math.ceil(height / BOX) + 1;
    const taken = new Uint8Array(columns * rows);
    for (const {id} of shown) spot(id, 4.5);
    spot(chosen, 6.5);
    name(taken, columns, chosen, 11, LABEL + 4, "bold");
    for (const {id} of shown) name(taken, columns, id, 9, LABEL + 1, "normal");  // as far as there is room
  }

  function spot(id, radius) {
    marker.fillStyle = colours.mark;
    marker.beginPath();
    marker.arc(screenX(id), screenY(id), radius, 0, 2 * Math.PI);
    marker.fill();
  }

  function name(taken, columns, id, away, letters, weight) {  // right of its point, else left of it
    marker.font = `${weight} ${letters}px system-ui, "DejaVu Sans", sans-serif`;
    marker.textBaseline = "middle";
    marker.lineWidth = 4;
    marker.lineJoin = "round";
    marker.strokeStyle = colours.paper;
    marker.fillStyle = colours.ink;
    const y = screenY(id), long = marker.measureText(words[id]).width;
    if (y < letters || y > height - letters) return;
    for (const x of [screenX(id) + away, screenX(id) - away - long]) {
      if (x < 0 || x + long > width || !take(taken, columns, x, y - letters / 2, long, letters)) continue;
      marker.strokeText(words[id], x, y);
      marker.fillText(words[id], x, y);
      return;
    }
  }

  // The pointer

  function wordAt(x, y) {  // the nearest point within 10 pixels, else -1
    const reach = 10;
    const planeX = (x - width / 2) / view.scale + view.x, planeY = (y - height / 2) / view.scale + view.y;
    const away = reach / view.scale;
    let best = -1, least = reach * reach;
    for (let row = cellOf(planeY - away); row <= cellOf(planeY + away); row++) {
      for (let column = cellOf(planeX - away); column <= cellOf(planeX + away); column++) {
        for (const id of grid[row * CELLS + column]) {
          const distance = (screenX(id) - x) ** 2 + (screenY(id) - y) ** 2;
          if (distance < least) [best, least] = [id, distance];
        }
      }
    }
    return best;
  }

  const tip = element("tip");
  function hover(id) {
    tip.hidden = id < 0;
    canvas.classList.toggle("over", id >= 0);
    if (id < 0) return;
    tip.textContent = words[id];
    const x = screenX(id), isLeft = x > width * 0.7;
    tip.style.left = isLeft ? "" : `${x + 10}px`;
    tip.style.right = isLeft ? `${width - x + 10}px` : "";
    tip.style.top = `${Math.max(0, screenY(id) - 30)}px`;
  }

  const pointers = new Map();
  let moved = 0;
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return {distance: Math.hypot(a.x - b.x, a.y - b.y) || 1, x: (a.x + b.x) / 2, y: (a.y + b.y) / 2};
  };
  canvas.addEventListener("pointerdown", event => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
    if (pointers.size === 1) moved = 0;
  });
  canvas.addEventListener("pointermove", event => {
    const last = pointers.get(event.pointerId);
    if (!last) return hover(wordAt(event.offsetX, event.offsetY));
    const before = pointers.size === 2 ? spread() : null;
    const [dx, dy] = [event.offsetX - last.x, event.offsetY - last.y];
    pointers.set(event.pointerId, {x: event.offsetX, y: event.offsetY});
    moved += Math.abs(dx) + Math.abs(dy);
    if (before) {
      const now = spread();
      panBy(now.x - before.x, now.y - before.y);
      zoomAt(now.distance / before.distance, now.x, now.y);
    } else if (moved > 4) {
      canvas.classList.add("dragging");
      panBy(dx, dy);
    }
  });
  const release = event => {
    const wasDown = pointers.delete(event.pointerId);
    canvas.classList.remove("dragging");
    if (!wasDown || event.type !== "pointerup" || moved > 4 || pointers.size) return;
    const id = wordAt(event.offsetX, event.offsetY);
    if (id >= 0) choose(id);
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => hover(-1));
  canvas.addEventListener("wheel", event => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoomAt(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) / 400), event.offsetX, event.offsetY);
  }, {passive: false});
  canvas.addEventListener("dblclick", event => zoomAt(2, event.offsetX, event.offsetY));

  // The chosen word: it stands in the address, so that links and the browser's Back lead to words

  let chosen = -1, shown = [];
  const address = id => id < 0 ? "" : `#${encodeURIComponent(words[id])}`;

  function choose(id) {
    if (location.hash === address(id)) show(id);
    else location.hash = address(id);
  }

  function readAddress() {
    let word = location.hash.slice(1);
    try { word = decodeURIComponent(word); } catch { /* as it is */ }
    if (word && !ids.has(word)) {
      show(-1);
      element("status").textContent = `no word here is ${word}`;
    } else {
      show(word ? ids.get(word) : -1);
    }
  }

  function show(id) {
    chosen = id;
    shown = id < 0 ? [] : nearest(id, Math.min(numberOfNeighbours(), numWords));
    element("answer").hidden = id < 0;
    canvas.classList.toggle("behind", id >= 0);
    element("status").textContent = "";
    if (id >= 0) {
      element("word").textContent = words[id];
      const group = groupOf.get(id);
      element("about").textContent =
        `word ${(id + 1).toLocaleString("en")} of ${numWords.toLocaleString("en")}, the most frequent first` +
        (group ? `; planted group ${group}` : "");
      element("neighbours").replaceChildren(...shown.map(neighbourEntry));
      const [x, y] = [screenX(id), screenY(id)];
      if (x < 20 || y < 20 || x > width - 20 || y > height - 20) moveTo(xs[id], ys[id], view.scale);
    }
    drawSoon();
  }

  function neighbourEntry({id, cosine}) {
    const entry = document.createElement("li"), button = document.createElement("button");
    const word = document.createElement("span"), number = document.createElement("span");
    button.type = "button";
    word.className = "word";
    word.textContent = words[id];
    number.className = "cosine";
    number.textContent = cosine.toFixed(3);
    button.append(word, number);
    button.addEventListener("click", () => choose(id));
    button.addEventListener("mouseenter", () => hover(id));
    button.addEventListener("mouseleave", () => hover(-1));
    entry.append(button);
    return entry;
  }

  function numberOfNeighbours() {
    const k = Math.floor(Number(element("k").value));
    return k >= 1 ? Math.min(k, 100) : data.k;
  }

  // The search

  const search = element("search"), list = element("suggestions");
  const lower = words.map(word => word.toLowerCase());
  let suggested = [], active = -1;

  function suggest() {
    const text = search.value.trim().toLowerCase();
    const starts = [], holds = [];
    for (let id = 0; text && id < numWords && starts.length < 8; id++) {
      if (lower[id].startsWith(text)) starts.push(id);
      else if (holds.length < 8 && lower[id].includes(text)) holds.push(id);
    }
    const exact = ids.get(search.value.trim());
    const rest = [...starts, ...holds].filter(id => id !== exact);
    suggested = (exact === undefined ? rest : [exact, ...rest]).slice(0, 8);
    active = suggested.length ? 0 : -1;
    element("status").textContent = text && !suggested.length ? `no word here has “${text}” in it` : "";
    drawSuggestions();
  }

  function drawSuggestions() {
    list.replaceChildren(...suggested.map((id, i) => {
      const entry = document.createElement("li");
      entry.id = `suggestion-${i}`;
      entry.setAttribute("role", "option");
      entry.setAttribute("aria-selected", String(i === active));
      entry.textContent = words[id];
      entry.addEventListener("pointerdown", event => event.preventDefault());  // the search keeps the focus
      entry.addEventListener("click", () => accept(id));
      return entry;
    }));
    list.hidden = !suggested.length;
    search.setAttribute("aria-expanded", String(!list.hidden));
    if (active >= 0) search.setAttribute("aria-activedescendant", `suggestion-${active}`);
    else search.removeAttribute("aria-activedescendant");
  }

  function closeSuggestions() {
    suggested = [];
    active = -1;
    drawSuggestions();
  }

  function accept(id) {
    search.value = words[id];
    closeSuggestions();
    choose(id);
  }

  search.addEventListener("input", suggest);
  search.addEventListener("blur", closeSuggestions);
  search.addEventListener("keydown", event => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!suggested.length) return suggest();
      active = (active + (event.key === "ArrowDown" ? 1 : suggested.length - 1)) % suggested.length;
      drawSuggestions();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!suggested.length) suggest();
      if (active >= 0) accept(suggested[active]);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (suggested.length) closeSuggestions();
      else { search.value = ""; canvas.focus(); }
    }
  });

  // The keyboard, outside of the fields

  const KEYS = {
    "/": () => { search.focus(); search.select(); },
    "+": () => zoomAt(1.4), "=": () => zoomAt(1.4), "-": () => zoomAt(1 / 1.4), "0": whole, f: fit,
    ArrowLeft: () => panBy(60, 0), ArrowRight: () => panBy(-60, 0),
    ArrowUp: () => panBy(0, 60), ArrowDown: () => panBy(0, -60), Escape: () => choose(-1),
  };
  document.addEventListener("keydown", event => {
    const isField = ["INPUT", "SELECT"].includes(event.target.tagName);
    if (isField || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  element("zoom-in").addEventListener("click", () => zoomAt(1.6));
  element("zoom-out").addEventListener("click", () => zoomAt(1 / 1.6));
  element("whole").addEventListener("click", whole);
  element("fit").addEventListener("click", fit);
  element("clear").addEventListener("click", () => choose(-1));
  element("k").value = data.k;
  element("k").addEventListener("change", () => {
    element("k").value = numberOfNeighbours();
    show(chosen);
  });
  element("colour-label").hidden = !groupNames.length;
  element("colour").value = groupNames.length ? "group" : "frequency";
  element("colour").addEventListener("change", arrange);
  isDark.addEventListener("change", arrange);
  window.addEventListener("hashchange", readAddress);
  window.addEventListener("resize", resize);

  // For the console, and for the tests.
  window.wordMap = {
    nearest: (word, k) => nearest(ids.get(word), k).map(({id, cosine}) => [words[id], cosine]),
    place: word => [screenX(ids.get(word)), screenY(ids.get(word))],
    at: (x, y) => words[wordAt(x, y)],
    view, timing,
  };

  resize();
  readAddress();
})();
