/** What a form's action answers when it can't be accepted; the shape of `FormAnswer` in server/web. */
export interface FormAnswer {
	issues: readonly { path: string; message: string }[];
	typed: Readonly<Record<string, string | string[]>>;
	/** Code of a conflict: the record changed in the meantime, or does not allow the step. */
	conflict?: string;
}

/** Errors and values of a form's fields: the typed value if the form came back, else the stored one. */
export interface FormState {
	/** The form came back: an unticked box is then unticked, whatever is stored. */
	returned: boolean;
	errors: FormAnswer['issues'];
	/** Somebody else changed the record first. */
	stale: boolean;
	/** The form was sent before with other content, so it gets a new submission id. */
	reused: boolean;
	error: (name: string) => string | undefined;
	value: (name: string, stored?: string | number | null) => string;
	values: (name: string, stored?: readonly string[]) => readonly string[];
	ticked: (name: string, stored?: boolean) => boolean;
	/** Name, value and error of a field, to be spread over it. */
	field: (name: string, stored?: string | number | null) => { name: string; value: string; error: string | undefined };
	/** Name, state and error of a check box, to be spread over it. */
	box: (name: string, stored?: boolean) => { name: string; checked: boolean; error: string | undefined };
}

/**
 * Reads an action's answer for one form. If a page has several forms, each sends a hidden field `part`; pass its value as
 * `part`.
 */
export function formState(answer: unknown, part?: string): FormState {
	const given = isAnswer(answer) && (part === undefined || answer.typed.part === part) ? answer : undefined;
	const typed = given?.typed ?? {};
	const list = (name: string) => [typed[name] ?? []].flat();
	const state: FormState = {
		returned: given !== undefined,
		errors: given?.issues ?? [],
		stale: given?.conflict === 'stale',
		reused: given?.conflict === 'submission-reused',
		error: (name) => given?.issues.find((issue) => issue.path === name)?.message,
		value: (name, stored) => (given ? (list(name)[0] ?? '') : String(stored ?? '')),
		values: (name, stored = []) => (given ? list(name) : stored),
		ticked: (name, stored = false) => (given ? list(name).length > 0 : stored),
		field: (name, stored) => ({ name, value: state.value(name, stored), error: state.error(name) }),
		box: (name, stored) => ({ name, checked: state.ticked(name, stored), error: state.error(name) })
	};
	return state;
}

function isAnswer(answer: unknown): answer is FormAnswer {
	return typeof answer === 'object' && answer !== null && 'issues' in answer && 'typed' in answer;
}
