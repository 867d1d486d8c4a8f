// The page of a letter: words chosen in the text become the quotation of the next remark.
const LONGEST = 500;
const sheet = document.querySelector('.reviewing .sheet');
const quote = document.querySelector('[data-remark] textarea[name="quote"]');
if (sheet && quote) {
  document.addEventListener('selectionchange', () => {
    const chosen = document.getSelection();
    if (chosen.isCollapsed || !sheet.contains(chosen.anchorNode) || !sheet.contains(chosen.focusNode)) return;
    const words = chosen.toString().replace(/\s+/g, ' ').trim();
    if (words && words.length <= LONGEST) quote.value = words;
  });
}
