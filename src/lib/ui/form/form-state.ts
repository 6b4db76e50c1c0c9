/** Result of an action that refused a form. It has the shape of `FormResult` in server/web. */
export interface FormAnswer {
	issues: readonly { path: string; message: string }[];
	typed: Readonly<Record<string, string | string[]>>;
	/** Code of a conflict: the record was changed by someone else, or does not allow the action. */
	conflict?: string;
}

/**
 * Header of a form that a script sends. The site then responds with 204 instead of a redirect, because a script can't
 * read the address of a redirect without following it.
 */
export const BY_SCRIPT = 'form-by-script';

/** Value of the header if the service worker sends a rating after its page was closed. */
export const LATER = 'later';

/** Errors and values of a form's fields: the typed values of a returned form, else the stored values. */
export type FormState = ReturnType<typeof formState>;

/**
 * Reads an action's result for one form. If a page has several forms, each sends a hidden field `part`; pass its value
 * as `part`.
 *
 * @param prefix begins the ids of the fields if another form of the page has fields with the same names
 */
export function formState(answer: unknown, part?: string, prefix = '') {
	const refused = isAnswer(answer) && (part === undefined || answer.typed.part === part) ? answer : undefined;
	const typed = refused?.typed ?? {};
	const list = (name: string) => [typed[name] ?? []].flat();
	const issues = refused?.issues ?? [];
	const errors = issues.map(({ path, message }) => ({ path: path && prefix + path, message }));
	const error = (name: string) => {
		const messages = issues.filter(({ path }) => path === name).map(({ message }) => message);
		return messages.join(' ') || undefined;
	};
	const value = (name: string, stored?: Stored) => (refused ? list(name)[0] : stored?.toString());
	const values = (name: string, stored: readonly string[] = []) => (refused ? list(name) : stored);
	const ticked = (name: string, stored = false) => (refused ? list(name).length > 0 : stored);
	const field = (name: string) => ({ name, error: error(name), ...(prefix && { id: prefix + name }) });
	const stale = refused?.conflict === 'stale';
	return {
		/** The form was refused and shows the typed values. An unticked box is then unticked, whatever is stored. */
		returned: refused !== undefined,
		errors,
		/** Someone else changed the record first. */
		stale,
		/** The submission id was used before with other content, so the form needs a new one. */
		reused: refused?.conflict === 'submission-reused',
		error,
		value: (name: string, stored?: Stored) => value(name, stored) ?? '',
		/**
		 * Value of a hidden field that says which values the page was loaded with. A returned form keeps it. After the
		 * conflict it is the present one, so that the person can check the typed values and save once more.
		 */
		loaded: (name: string, present: Stored) => (stale ? present : (value(name, present) ?? present)),
		values,
		ticked,
		/** Props of a field. The value is undefined if none was typed or stored. */
		field: (name: string, stored?: Stored) => ({ ...field(name), value: value(name, stored) }),
		box: (name: string, stored?: boolean) => ({ ...field(name), checked: ticked(name, stored) }),
		boxes: (name: string, stored?: readonly string[]) => ({ ...field(name), values: values(name, stored) }),
		/** Props of the file field. Browsers forget the files of a returned form, so they must be chosen again. */
		file: () => ({ ...field('file'), chosenBefore: list('file') })
	};
}

type Stored = string | number | null;

function isAnswer(answer: unknown): answer is FormAnswer {
	return typeof answer === 'object' && answer !== null && 'issues' in answer && 'typed' in answer;
}
