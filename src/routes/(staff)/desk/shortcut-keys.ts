/** The shortcuts of each page that has any. */
export const SHORTCUT_KEYS = {
	inbox: ['j', 'k', 'Enter', 'x', 't', 'a', 'v', 'e', 'r', '/', 'n', '?'],
	case: ['a', 'v', 'e', 'r', 'b', 's', 'p', 'u', 'n', '?'],
	visits: ['j', 'k', 'Enter', '?']
} as const;

export type ShortcutPage = keyof typeof SHORTCUT_KEYS;

/**
 * Set in the browser's storage by somebody who switched the shortcuts off, because speech input and slips can trigger
 * single letters (WCAG 2.1.4).
 */
export const LETTERS_OFF = 'spatula-letters-off';
