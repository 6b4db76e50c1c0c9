/**
 * Keeps a spreadsheet from taking text for a formula. Excel splits a CSV file at the list separator of its locale, which
 * is `;` in Indonesia, `,` elsewhere, and a tab for pasted text. A file that is written with another separator is split
 * inside its cells, and quotes do not protect them: each part of a text is therefore guarded like a cell of its own.
 */
const SPACE = '[\\s\\uFEFF"]*';
/** Also the full-width forms, which Numbers and LibreOffice read as the plain ones. */
const FORMULA = '[=+\\-@＝＋－＠]';

const CELL_START = new RegExp(`^(?=[\\t\\r\\n]|${SPACE}${FORMULA})`);
// The sign is asked for first: looking back from every blank of a long run would take the square of its length.
const PART_START = new RegExp(`(?=${FORMULA})(?<=[;,\\t\\r\\n]${SPACE})`, 'g');
const GUARDED_CELL = new RegExp(`^'(?=[\\t\\r\\n]|${SPACE}${FORMULA})`);
const GUARDED_PART = new RegExp(`(?='${FORMULA})(?<=[;,\\t\\r\\n]${SPACE})'(?=${FORMULA})`, 'g');

/** Writes an apostrophe before everything that a spreadsheet could take for a formula. */
export const guardFormulas = (text: string): string => text.replace(PART_START, "'").replace(CELL_START, "'");

/** Removes the apostrophes that `guardFormulas` wrote. */
export const unguardFormulas = (text: string): string => text.replace(GUARDED_CELL, '').replace(GUARDED_PART, '');

/** For `csv-stringify`: guards all text. Numbers stay numbers. */
export const GUARDED_CSV = { cast: { string: guardFormulas } } as const;
