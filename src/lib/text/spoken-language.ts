/** Frequent words that exist in only one of the two languages. Every longer text has some. */
const INDONESIAN = /\b(?:yang|dan|untuk|dengan|tidak|kami|anda|sudah|telah|akan|dari|ini|itu|pada|di|ke)\b/gi;
const ENGLISH = /\b(?:the|and|of|to|is|are|was|we|you|your|our|for|with|not|has|have|will)\b/gi;

/** The language in which a screen reader should read a text that a person wrote: Indonesian, or that of the page. */
export const spokenLanguage = (text: string): 'id' | undefined =>
	(text.match(INDONESIAN)?.length ?? 0) > (text.match(ENGLISH)?.length ?? 0) ? 'id' : undefined;
