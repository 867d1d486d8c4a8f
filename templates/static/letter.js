// The letter desk: a preview that follows the typing, a small toolbar, a lock that is held while the page is open.
const desk = document.querySelector('[data-desk]');
if (desk) {
  const form = desk.querySelector('form.form');
  const reading = desk.querySelector('[data-reading]');
  const body = form.elements.body;
  const PAUSE = 600;
  const HOLD = 5 * 60 * 1000;
  let timer;
  let asked = 0;

  const post = (address, data) =>
    fetch(address, { method: 'POST', body: data, credentials: 'same-origin', headers: { Accept: 'text/html' } });

  async function refresh() {
    const mine = ++asked;
    const data = new FormData(form);
    data.delete('once'); // a preview uses no one-time key
    try {
      const answer = await post(desk.dataset.preview, data);
      if (answer.ok && mine === asked) {
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        reading.replaceChildren(...page.body.childNodes);
      }
    } catch {
      // Without a connection the last preview stays; saving will say so.
    }
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);

  // Wraps the chosen text of the wording; lines of a list become its items.
  function wrap(before, after, each) {
    const { selectionStart: start, selectionEnd: end, value } = body;
    const chosen = value.slice(start, end);
    const inner = each ? chosen.split('\n').filter(Boolean).map((line) => `  <li>${line}</li>`).join('\n') : chosen;
    body.setRangeText(before + inner + after, start, end, 'select');
    body.focus();
    body.dispatchEvent(new Event('input', { bubbles: true }));
  }

  const tools = [
    ['¶', 'p', () => wrap('<p>', '</p>')],
    ['B', 'strong', () => wrap('<strong>', '</strong>')],
    ['I', 'em', () => wrap('<em>', '</em>')],
    ['H', 'h2', () => wrap('<h2>', '</h2>')],
    ['1.', 'ol', () => wrap('<ol>\n', '\n</ol>', true)],
    ['•', 'ul', () => wrap('<ul>\n', '\n</ul>', true)],
  ];
  const bar = document.createElement('div');
  bar.className = 'toolbar';
  bar.setAttribute('role', 'toolbar');
  bar.setAttribute('aria-controls', body.id);
  for (const [face, tag, act] of tools) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = face;
    button.setAttribute('aria-label', `<${tag}>`);
    button.addEventListener('click', act);
    bar.append(button);
  }
  body.before(bar);
  body.closest('.field').append(...desk.querySelectorAll('.blocks, .names')); // beside what they go into

  // A field's name goes to the cursor when its chip is pressed.
  for (const code of desk.querySelectorAll('.names code')) {
    code.tabIndex = 0;
    code.setAttribute('role', 'button');
    const insert = () => wrap(code.textContent, '');
    code.addEventListener('click', insert);
    code.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        insert();
      }
    });
  }

  // A standard paragraph goes to the cursor; without scripts it is put at the end and saved.
  for (const button of desk.querySelectorAll('[data-paragraph]')) {
    button.addEventListener('click', (event) => {
      event.preventDefault();
      wrap(`${button.dataset.paragraph}\n`, '');
    });
  }

  if (desk.dataset.mine) {
    const hold = () => {
      const data = new FormData();
      data.set('csrf_token', form.elements.csrf_token.value);
      post(desk.dataset.lock, data).catch(() => {});
    };
    hold();
    setInterval(hold, HOLD);
  }
}

// Text of a letter type: each field gets a button that puts it where the cursor stands.
const text = document.querySelector('[data-text] textarea[name="wording"]');
if (text) {
  for (const name of document.querySelectorAll('[data-insert]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'act small';
    button.textContent = name.dataset.insert;
    button.addEventListener('click', () => {
      text.setRangeText(name.dataset.insert, text.selectionStart, text.selectionEnd, 'end');
      text.focus();
      text.dispatchEvent(new Event('input', { bubbles: true }));
    });
    name.replaceWith(button);
  }
}
