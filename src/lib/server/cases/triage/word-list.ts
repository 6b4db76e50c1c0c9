import { z } from 'zod';

/** A list of words as people type it: by commas or lines, each once, in the order typed. An empty field is no word. */
export const wordList = z
	.string({ error: 'triage_words' })
	.max(4000, 'triage_words')
	.optional()
	.transform((text) => [
		...new Set(
			(text ?? '')
				.split(/[,;\n]/)
				.map((word) => word.replace(/\s+/g, ' ').trim())
				.filter(Boolean)
		)
	])
	.refine((words) => words.length <= 100 && words.every((word) => word.length <= 60), 'triage_words');
