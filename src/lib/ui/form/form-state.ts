/** What a form's action answers when it can't be accepted; the shape of `FormAnswer` in server/web. */
export interface FormAnswer {
	issues: readonly { path: string; message: string }[];
	typed: Readonly<Record<string, string | string[]>>;
	/** Code of a conflict: the record changed in the meantime, or does not allow the step. */
	conflict?: string;
}

/** Errors and values of a form's fields: the typed value if the form came back, else the stored one. */
export type FormState = ReturnType<typeof formState>;

/**
 * Reads an action's answer for one form. If a page has several forms, each sends a hidden field `part`; pass its value as
 * `part`.
 */
export function formState(answer: unknown, part?: string) {
	const given = isAnswer(answer) && (part === undefined || answer.typed.part === part) ? answer : undefined;
	const typed = given?.typed ?? {};
	const list = (name: string) => [typed[name] ?? []].flat();
	const errors = given?.issues ?? [];
	const error = (name: string) => {
		const messages = errors.filter(({ path }) => path === name).map(({ message }) => message);
		return messages.join(' ') || undefined;
	};
	const value = (name: string, stored?: Stored) => (given ? list(name)[0] : stored?.toString());
	const values = (name: string, stored: readonly string[] = []) => (given ? list(name) : stored);
	const ticked = (name: string, stored = false) => (given ? list(name).length > 0 : stored);
	return {
		/** The form came back: an unticked box is then unticked, whatever is stored. */
		returned: given !== undefined,
		errors,
		/** Somebody else changed the record first. */
		stale: given?.conflict === 'stale',
		/** The form was sent before with other content, so it gets a new submission id. */
		reused: given?.conflict === 'submission-reused',
		error,
		value: (name: string, stored?: Stored) => value(name, stored) ?? '',
		values,
		ticked,
		/** What a field shows, to be spread over it. Its value is undefined if nothing was typed or stored. */
		field: (name: string, stored?: Stored) => ({ name, value: value(name, stored), error: error(name) }),
		/** The same of one check box. */
		box: (name: string, stored?: boolean) => ({ name, checked: ticked(name, stored), error: error(name) }),
		/** The same of several check boxes of one name. */
		boxes: (name: string, stored?: readonly string[]) => ({ name, values: values(name, stored), error: error(name) })
	};
}

type Stored = string | number | null;

function isAnswer(answer: unknown): answer is FormAnswer {
	return typeof answer === 'object' && answer !== null && 'issues' in answer && 'typed' in answer;
}
