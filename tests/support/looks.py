"""What can be said of a page by looking at it: rules of access, width, focus, what is cut."""

from __future__ import annotations

from typing import Any

# What is to be touched has to be large enough or to stand apart (WCAG 2.2, 2.5.8); axe asks that
# only when told to.
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

CUT = """() => {
  const shown = (one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const name = (one) => one.tagName.toLowerCase() + (one.id ? '#' + one.id : '')
    + (one.className && one.className.baseVal === undefined ? '.' + one.className : '')
    + ' "' + (one.textContent || '').trim().slice(0, 40) + '"';
  const scrolls = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement) {
      const kind = getComputedStyle(up).overflowX;
      if (up !== document.documentElement && up !== document.body
          && (kind === 'auto' || kind === 'scroll')) return true;
    }
    return false;
  };
  // What is there for screen readers alone is a pixel large on purpose.
  const hidden = (one) => {
    for (let up = one; up; up = up.parentElement) {
      const box = up.getBoundingClientRect();
      if (box.width <= 2 || box.height <= 2) return true;
      if (getComputedStyle(up).clipPath !== 'none') return true;
    }
    return false;
  };
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest('svg') && one.tagName !== 'svg') continue;
    if (!shown(one) || hidden(one)) continue;
    const box = one.getBoundingClientRect();
    if (box.right <= 0) continue;  // shown when it has the focus
    if ((box.right > width + 1 || box.left < -1) && !scrolls(one))
      found.push(`${name(one)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`);
    const style = getComputedStyle(one);
    const holds = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (holds && style.overflowX !== 'visible' && style.overflowX !== 'auto'
        && style.overflowX !== 'scroll' && one.scrollWidth > one.clientWidth + 1)
      found.push(`${name(one)} is cut at ${one.clientWidth} of ${one.scrollWidth}`);
  }
  return found.slice(0, 20);
}"""

FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const label = one.getAttribute('aria-label')
    || (one.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent || '').join(' ')
    || (one.labels && one.labels.length
      ? [...one.labels].map((label) => label.textContent).join(' ') : '')
    || one.querySelector?.(':scope > title')?.textContent || one.textContent || one.value || '';
  const ringed = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none';
  const marked = ringed(style) || one.closest('svg') !== null
    || [...(one.labels || [])].some((label) => ringed(getComputedStyle(label)));
  // A control may be drawn by its label; the middle of a large thing may be outside the window.
  const drawn = one.labels && one.labels.length && one.type === 'radio' ? one.labels[0] : one;
  const box = drawn.getBoundingClientRect();
  const at = [box.left + box.width / 2, box.top + box.height / 2];
  const inside = at[0] >= 0 && at[1] >= 0 && at[0] < innerWidth && at[1] < innerHeight;
  const top = inside && document.elementFromPoint(at[0], at[1]);
  const covered = Boolean(top) && !drawn.contains(top) && !top.contains(drawn);
  const legend = one.closest('fieldset')?.querySelector('legend')?.textContent || '';
  const clean = (text) => text.replace(/\\s+/g, ' ').trim();
  return {
    label: clean(legend + ' ' + label), tag: one.tagName.toLowerCase(),
    type: one.getAttribute('type') || '', name: one.getAttribute('name') || '', marked,
    covered: covered ? clean(top.outerHTML).slice(0, 80) : '',
  };
}"""


def violations(page: Any) -> list[str]:
    """What axe finds against a page, each with the first places."""
    from axe_playwright_python.base import AXE_SCRIPT

    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    asked = "(options) => axe.run(document, options)"
    found = page.evaluate(asked, AXE_OPTIONS)["violations"]
    return [
        f"{one['id']}: {one['help']}: "
        + "; ".join(
            f"{' '.join(map(str, node['target']))} {node['html'][:120]} {_why(node)}"
            for node in one["nodes"][:3]
        )
        for one in found
    ]


def _why(node: dict[str, Any]) -> str:
    told = [one["message"] for kind in ("any", "all", "none") for one in node[kind]]
    return "; ".join(told)[:200]


def cut(page: Any) -> list[str]:
    """What does not fit into the window: a page wider than it, text that is cut off."""
    return page.evaluate(CUT)


def focused(page: Any) -> dict[str, Any] | None:
    """What has the focus: its words, its kind, and whether one sees that it has it."""
    return page.evaluate(FOCUS)


def tab_to(page: Any, words: str, *, key: str = "Tab", most: int = 150) -> dict[str, Any]:
    """Go on by the keyboard until something with such words has the focus, which must be seen."""
    passed: list[str] = []
    for _ in range(most):
        page.keyboard.press(key)
        now = focused(page)
        if now is None:
            passed.append("(nothing)")
            continue
        assert now["marked"], f"one does not see that {now} has the focus"
        assert not now["covered"], f"{now} has the focus and is covered by {now['covered']}"
        passed.append(now["label"][:40] or now["name"])
        if words.lower() in now["label"].lower():
            return now
    raise AssertionError(f"the keyboard does not reach {words!r}; it passed {passed}")
