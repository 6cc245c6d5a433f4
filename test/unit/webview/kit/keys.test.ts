// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installKeys, placeOf, type KeyBinding } from '../../../../webview/kit/keys.ts';

type Act = 'next' | 'accept' | 'undo' | 'first' | 'last' | 'save' | 'leave' | 'mark' | 'keys';
const BINDINGS: readonly KeyBinding<Act>[] = [
  { chord: 'j', action: 'next', repeats: true },
  { chord: 'arrowdown', action: 'next', repeats: true },
  { chord: 'a', action: 'accept' },
  { chord: 'mod+z', action: 'undo', repeats: true },
  { chord: 'g g', action: 'first' },
  { chord: 'shift+g', action: 'last' },
  { chord: 'space', action: 'mark' },
  { chord: '?', action: 'keys' },
  { chord: 'mod+enter', action: 'save', inText: true },
  { chord: 'escape', action: 'leave', inText: true },
];

let done: Act[] = [];
/** Keys that got past the page, as the editor's forwarding would see them. */
let passed: string[] = [];
let singleKeys = true;
let stop: () => void = () => undefined;

function install(mac = false): void {
  stop();
  stop = installKeys<Act>({
    bindings: BINDINGS,
    mac,
    singleKeys: () => singleKeys,
    run: (action) => {
      done.push(action);
      return true;
    },
  });
}

const onWindow = (event: Event): void => {
  if (event instanceof KeyboardEvent) passed.push(event.key);
};

function press(key: string, init: KeyboardEventInit = {}, on: Element = document.body): Event {
  const event = new KeyboardEvent('keydown', {
    key,
    bubbles: true,
    cancelable: true,
    composed: true,
    ...init,
  });
  on.dispatchEvent(event);
  return event;
}

function element(html: string): Element {
  document.body.innerHTML = html;
  const found = document.body.firstElementChild;
  if (!found) throw new Error('no element');
  return found;
}

beforeEach(() => {
  done = [];
  passed = [];
  singleKeys = true;
  install();
  window.addEventListener('keydown', onWindow);
});

afterEach(() => {
  stop();
  window.removeEventListener('keydown', onWindow);
  document.body.innerHTML = '';
});

describe('installKeys', () => {
  it('sends a form on Enter in its line and on Ctrl+Enter in its texts, and another form never', () => {
    const form = element('<form><input /><textarea></textarea></form>');
    const sent = vi.fn((event: Event) => event.preventDefault());
    form.addEventListener('submit', sent);
    const [line, area] = [form.querySelector('input'), form.querySelector('textarea')];
    if (!line || !area) throw new Error('no fields');
    press('Enter', {}, area);
    expect(sent).toHaveBeenCalledTimes(0);
    press('Enter', {}, line);
    press('Enter', { repeat: true }, line);
    expect(sent).toHaveBeenCalledTimes(1);
    press('Enter', { ctrlKey: true }, area);
    press('Enter', { ctrlKey: true }, line);
    expect(sent).toHaveBeenCalledTimes(3);
    expect(done).toEqual([]);
    // What was typed is sent: the key behind it is no rest of the sentence.
    form.remove();
    press('a');
    expect(done).toEqual(['accept']);
    done = [];
    press('Enter', {}, element('<input />'));
    expect(done).toEqual([]);
    expect(sent).toHaveBeenCalledTimes(3);
  });

  it('runs a key and lets nobody else see it', () => {
    const event = press('j');
    expect(done).toEqual(['next']);
    expect(event.defaultPrevented).toBe(true);
    expect(passed).toEqual([]);
  });

  it('leaves keys alone that are not in the table', () => {
    press('q');
    press('p', { ctrlKey: true });
    press('F1');
    expect(done).toEqual([]);
    expect(passed).toEqual(['q', 'p', 'F1']);
  });

  it('does a held key again only where that is meant', () => {
    press('j', { repeat: true });
    press('a');
    press('a', { repeat: true });
    expect(done).toEqual(['next', 'accept']);
    expect(passed).toEqual([]);
  });

  it('ignores what an input method is composing', () => {
    press('a', { isComposing: true });
    press('a', { keyCode: 229 });
    expect(done).toEqual([]);
  });

  it('understands sequences, and what follows a broken one', () => {
    press('g');
    press('g');
    press('g');
    press('j');
    press('g');
    expect(done).toEqual(['first', 'next']);
  });

  it('goes by the printed letter, by the place where the script has no such letter, and by Caps Lock not at all', () => {
    press('ф', { code: 'KeyA' });
    press('A');
    press('G', { shiftKey: true });
    expect(done).toEqual(['accept', 'accept', 'last']);
  });

  it('takes a character that needs Shift or AltGr on some keyboards', () => {
    press('?', { shiftKey: true });
    press('?');
    expect(done).toEqual(['keys', 'keys']);
  });

  it('knows the other modifiers of a Mac', () => {
    install(true);
    press('z', { ctrlKey: true });
    press('z', { metaKey: true });
    expect(done).toEqual(['undo']);
  });

  it('turns single characters off, and leaves arrows and Ctrl combinations', () => {
    singleKeys = false;
    press('a');
    press('?', { shiftKey: true });
    press('ArrowDown');
    press('z', { ctrlKey: true });
    expect(done).toEqual(['next', 'undo']);
  });

  it('leaves Enter and Space to a button, and arrows and letters to a drop-down', () => {
    const button = element('<button>Do it</button>');
    press(' ', {}, button);
    press('a', {}, button);
    const select = element('<select><option>one</option></select>');
    press('ArrowDown', {}, select);
    press('a', {}, select);
    expect(done).toEqual(['accept']);
  });
});

describe('installKeys in a text', () => {
  const FIELDS = [
    '<textarea></textarea>',
    '<input type="text">',
    '<input>',
    '<div contenteditable="true"></div>',
    '<vscode-text-area></vscode-text-area>',
    '<vscode-text-field></vscode-text-field>',
  ];

  it.each(FIELDS)('decides nothing whatever is typed into %s', (html) => {
    const field = element(html);
    for (const key of ['j', 'a', 'g', 'g', 'G', ' ', '?', 'ArrowDown', 'Enter', 'Backspace']) {
      const event = press(key, {}, field);
      expect(event.defaultPrevented, key).toBe(false);
    }
    expect(done).toEqual([]);
    // The editor would run its own bindings on what is typed.
    expect(passed).toEqual([]);
  });

  it('undoes the text and never a decision', () => {
    const field = element('<textarea></textarea>');
    for (const [key, init] of [
      ['z', { ctrlKey: true }],
      ['y', { ctrlKey: true }],
      ['Z', { ctrlKey: true, shiftKey: true }],
    ] as const) {
      const event = press(key, init, field);
      expect(event.defaultPrevented).toBe(false);
    }
    expect(done).toEqual([]);
    expect(passed).toEqual([]);
  });

  it('undoes the text itself on a Mac, where the menu would take the key', () => {
    install(true);
    const execCommand = vi.fn(() => true);
    Object.assign(document, { execCommand });
    const field = element('<textarea></textarea>');
    press('z', { metaKey: true }, field);
    press('Z', { metaKey: true, shiftKey: true }, field);
    expect(execCommand.mock.calls).toEqual([['undo'], ['redo']]);
    expect(done).toEqual([]);
  });

  it('saves and leaves', () => {
    const field = element('<textarea></textarea>');
    press('Enter', { ctrlKey: true }, field);
    press('Escape', {}, field);
    expect(done).toEqual(['save', 'leave']);
  });

  it('lets the rest of a sentence decide nothing when its field is taken away meanwhile', () => {
    const field = element('<textarea></textarea>');
    press('j', {}, field);
    field.remove();
    for (const key of ['a', 'j', 'z']) press(key, key === 'z' ? { ctrlKey: true } : {});
    expect(done).toEqual([]);
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    press('a');
    expect(done).toEqual(['accept']);
  });

  it('takes a key at once after the person has left the field', () => {
    const field = element('<textarea></textarea>');
    press('j', {}, field);
    press('Enter', { ctrlKey: true }, field);
    field.remove();
    press('a');
    expect(done).toEqual(['save', 'accept']);
  });

  it('lets the editor have its own combinations and function keys', () => {
    const field = element('<textarea></textarea>');
    press('F1', {}, field);
    press('P', { ctrlKey: true, shiftKey: true }, field);
    expect(passed).toEqual(['F1', 'P']);
  });
});

describe('placeOf', () => {
  it('looks into shadow roots by the path of the event', () => {
    const host = document.createElement('x-field');
    const inner = document.createElement('textarea');
    expect(placeOf([inner, host, document.body])).toBe('text');
    expect(placeOf([host, document.body])).toBe('page');
    expect(placeOf([document.createElement('vscode-checkbox')])).toBe('choice');
  });
});
