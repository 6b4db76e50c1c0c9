/** What a form's action answers when it can't be accepted; the shape of `FormAnswer` in server/web. */
export interface FormAnswer {
	issues: readonly { path: string; message: string }[];
	typed: Readonly<Record<string, string | string[]>>;
	/** The thing itself changed meanwhile, or doesn't admit the step. */
	conflict?: string;
}

/** A field's error and value: what was typed where the form came back, else what is stored. */
export interface FormState {
	/** The form came back: an unticked box is then unticked, whatever is stored. */
	returned: boolean;
	errors: FormAnswer['issues'];
	/** Somebody else was faster. */
	stale: boolean;
	/** The same form had been sent with other content: what stands in it now goes under a new id. */
	reused: boolean;
	error: (name: string) => string | undefined;
	value: (name: string, stored?: string | number | null) => string;
	values: (name: string, stored?: readonly string[]) => readonly string[];
	ticked: (name: string, stored?: boolean) => boolean;
}

/**
 * Reads the answer for one form. Where a page has several, each sends a hidden field `part` that tells them apart, and
 * `part` names the one that asks.
 */
export function formState(answer: unknown, part?: string): FormState {
	const given = isAnswer(answer) && (part === undefined || answer.typed.part === part) ? answer : undefined;
	const typed = given?.typed ?? {};
	const list = (name: string) => [typed[name] ?? []].flat();
	return {
		returned: given !== undefined,
		errors: given?.issues ?? [],
		stale: given?.conflict === 'stale',
		reused: given?.conflict === 'submission-reused',
		error: (name) => given?.issues.find((issue) => issue.path === name)?.message,
		value: (name, stored) => (given ? (list(name)[0] ?? '') : String(stored ?? '')),
		values: (name, stored = []) => (given ? list(name) : stored),
		ticked: (name, stored = false) => (given ? list(name).length > 0 : stored)
	};
}

function isAnswer(answer: unknown): answer is FormAnswer {
	return typeof answer === 'object' && answer !== null && 'issues' in answer && 'typed' in answer;
}
