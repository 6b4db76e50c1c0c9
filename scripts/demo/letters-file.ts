/** Where the demo's mail catcher keeps what it took, in the demo's folder. */
export const LETTERS_FILE = 'letters.json';
