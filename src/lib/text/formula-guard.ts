/**
 * Prevents a spreadsheet from treating text as a formula. Excel splits a CSV file at the list separator of its locale:
 * `;` in Indonesia, `,` elsewhere, and a tab for pasted text. A file written with another separator is split inside its
 * cells, and quotes do not prevent it. So each part of a text is guarded like a cell.
 */
const SPACE = '[\\s\\uFEFF"]*';
/** Includes the full-width forms, which Numbers and LibreOffice treat like the plain ones. */
const FORMULA = '[=+\\-@＝＋－＠]';

const CELL_START = new RegExp(`^(?=[\\t\\r\\n]|${SPACE}${FORMULA})`);
// The formula sign is matched first. Looking back from every space of a long run would take quadratic time.
const PART_START = new RegExp(`(?=${FORMULA})(?<=[;,\\t\\r\\n]${SPACE})`, 'g');
const GUARDED_CELL = new RegExp(`^'(?=[\\t\\r\\n]|${SPACE}${FORMULA})`);
const GUARDED_PART = new RegExp(`(?='${FORMULA})(?<=[;,\\t\\r\\n]${SPACE})'(?=${FORMULA})`, 'g');

/** Inserts an apostrophe wherever a spreadsheet could start a formula. */
export const guardFormulas = (text: string): string => text.replace(PART_START, "'").replace(CELL_START, "'");

/** Removes the apostrophes that `guardFormulas` inserted. */
export const unguardFormulas = (text: string): string => text.replace(GUARDED_CELL, '').replace(GUARDED_PART, '');

/** Option of `csv-stringify` that guards all text. Numbers stay numbers. */
export const GUARDED_CSV = { cast: { string: guardFormulas } } as const;
