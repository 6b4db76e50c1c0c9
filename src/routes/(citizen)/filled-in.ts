import type { FormAnswer } from '#lib/server/web/http/answers.ts';

/** Values and errors of a form that came back, by field name. */
export interface FilledIn {
	text: (name: string) => string | undefined;
	list: (name: string) => string[];
	error: (name: string) => string | undefined;
	issues: FormAnswer['issues'];
	/** The same submission id came with other words: they go out as a new report. */
	reused: boolean;
	/** Names of files that the browser has forgotten. */
	files: string[];
}

/** Reads the answer of a form's action; without one nothing is filled in and nothing wrong. */
export function filledIn(answer: FormAnswer | null | undefined): FilledIn {
	const issues = answer?.issues ?? [];
	const list = (name: string) => [answer?.typed[name] ?? []].flat();
	const error = (name: string) =>
		issues
			.filter((issue) => issue.path === name)
			.map((issue) => issue.message)
			.join(' ') || undefined;
	return {
		text: (name) => list(name)[0],
		list,
		error,
		issues,
		reused: answer?.conflict === 'submission-reused',
		files: list('file')
	};
}
