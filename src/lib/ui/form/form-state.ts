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

/** Name of the buttons by which a visitor without scripts changes the language of a form, so that it keeps its text. */
export const OTHER_LANGUAGE = 'other_language';

/** Name of the box by which a visitor says that the phone is their own, and that the text may be kept on it. */
export const OWN_PHONE = 'keep-on-phone';

/** A field that a colleague changed while the form was open. `kept`: this person changed it too, so the form keeps theirs. */
export interface ChangedField {
	was: readonly string[];
	now: readonly string[];
	kept: boolean;
}

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
	const stale = refused?.conflict === 'stale';
	/** The stored values of the fields that the page has shown until now, and those with which the sent form was loaded. */
	const stored: Record<string, readonly string[]> = {};
	const before = stale ? parseValues(typed.loadedValues) : {};
	/** After a conflict, a field that the person left as it was gets the stored value. */
	const present = (name: string, now: readonly string[]): readonly string[] => {
		stored[name] = now;
		const was = before[name];
		return refused && !(was && isSame(list(name), was)) ? list(name) : now;
	};
	/** Undefined if nobody else has changed the field, or both people did in the same way. */
	const changeOf = (name: string): ChangedField | undefined => {
		const [was, now] = [before[name], stored[name]];
		if (!was || !now || isSame(was, now) || isSame(list(name), now)) return undefined;
		return { was, now, kept: !isSame(list(name), was) };
	};
	const value = (name: string, now?: Stored) =>
		present(name, now === undefined || now === null ? [] : [String(now)])[0];
	/** Without stored values it only asks what was typed, for example whether a returned form has a further row. */
	const values = (name: string, now?: readonly string[]) => (now ? present(name, now) : list(name));
	const ticked = (name: string, now = false) => present(name, now ? ['true'] : []).length > 0;
	const field = (name: string) => {
		const changed = changeOf(name);
		return { name, error: error(name), ...(changed && { changed }), ...(prefix && { id: prefix + name }) };
	};
	const loaded = (name: string, now: Stored) => {
		const kept = refused && !stale ? list(name)[0] : undefined;
		return kept ?? now;
	};
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
		loaded,
		/** Value of the hidden field `loadedValues`, once the form's fields are shown: their values when it was loaded. */
		loadedValues: () => loaded('loadedValues', JSON.stringify(stored)),
		values,
		ticked,
		/** Props of a field. The value is undefined if none was typed or stored. */
		field: (name: string, stored?: Stored) => ({ value: value(name, stored), ...field(name) }),
		box: (name: string, stored?: boolean) => ({ checked: ticked(name, stored), ...field(name) }),
		boxes: (name: string, stored?: readonly string[]) => ({ values: values(name, stored), ...field(name) }),
		/** Props of the file field. Browsers forget the files of a returned form, so they must be chosen again. */
		file: () => ({ ...field('file'), chosenBefore: list('file') })
	};
}

type Stored = string | number | null;

/** An unticked box and an empty field both count as empty, and the order of ticked boxes does not matter. */
function isSame(some: readonly string[], others: readonly string[]): boolean {
	const clean = (texts: readonly string[]) => texts.map((text) => text.replaceAll('\r\n', '\n').trim()).filter(Boolean);
	return clean(some).sort().join('\0') === clean(others).sort().join('\0');
}

/** Reads `loadedValues`, which a browser sent: anything but lists of texts is dropped. */
function parseValues(text: string | string[] | undefined): Record<string, readonly string[]> {
	try {
		const read = JSON.parse(String(text ?? '{}')) as unknown;
		const fields = Object.entries(typeof read === 'object' && read ? (read as Record<string, unknown>) : {});
		const isTexts = (value: unknown): value is string[] =>
			Array.isArray(value) && value.every((one) => typeof one === 'string');
		return Object.fromEntries(fields.flatMap(([name, value]) => (isTexts(value) ? [[name, value]] : [])));
	} catch {
		return {};
	}
}

function isAnswer(answer: unknown): answer is FormAnswer {
	return typeof answer === 'object' && answer !== null && 'issues' in answer && 'typed' in answer;
}
