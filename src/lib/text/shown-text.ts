/** Characters that show nothing. Unicode calls the blanks at the end letters and a symbol. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u3164\u115f\u1160\uffa0]/gu;

/** How many characters of a text a reader sees. Spaces in a row count as one, and an emoji as two or more. */
export const shownLength = (text: string): number => text.replace(/\s+/g, ' ').replace(INVISIBLE, '').trim().length;
