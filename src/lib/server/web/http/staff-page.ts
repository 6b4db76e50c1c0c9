import { isActionFailure, redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { issueText } from '#lib/server/issue-text.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { askPassword } from './ask-password-again.ts';
import { asForm, asPage, type FormResult } from './error-responses.ts';
import { readForm, type ReadForm } from './form.ts';
import { signedIn } from './page-access.ts';

const OFFICE_CODE = /^\d{4}$/;

/** Load or `GET` of a staff page: `work` gets the signed-in actor. Domain errors become the error page. */
export const withActor =
	<Event extends { locals: App.Locals }, T>(work: (actor: Actor, event: Event) => Promise<T>) =>
	(event: Event): Promise<T> =>
		asPage(() => work(signedIn(event.locals), event));

/** Fields whose text is never returned to the page. */
const PASSWORD_FIELDS = ['current', 'password', 'again', 'pin'];

interface ActionOptions<Event> {
	/** Asks for the password if it was not typed shortly before, always or for some forms. */
	confirm?: true | ((form: ReadForm, event: Event) => boolean | Promise<boolean>);
	/** Fields that are lists even when sent once. */
	lists?: readonly string[];
	/** The form of the page, if no field contains it. */
	part?: string;
	/** Fields that a returned form asks for again, because an empty one keeps the stored secret. */
	secrets?: readonly string[];
}

/**
 * Form action of a staff page: reads the form and redirects to the address that `work` returns, or to the guided path
 * of the office from which the page was opened (`?mulai=1203`), unless `work` returns another guided path. Any
 * other value that `work` returns is the result for the page. Domain errors are shown on the page, with everything typed.
 */
export const formAction =
	<Event extends RequestEvent, T>(
		work: (actor: Actor, form: ReadForm, event: Event) => Promise<T>,
		{ confirm, lists, part, secrets = [] }: ActionOptions<Event> = {}
	) =>
	async (event: Event): Promise<Exclude<T, string> | ActionFailure<FormResult>> => {
		const form = await readForm(event.request, lists);
		if (part) form.typed = { part, ...form.typed };
		// Only the form reads it, when it is returned.
		delete form.data.loadedValues;
		for (const name of PASSWORD_FIELDS) delete form.typed[name];
		const sent = takeFields(form.typed, secrets);
		const answer = await asForm(form.typed, async () => {
			const confirms = typeof confirm === 'function' ? await confirm(form, event) : confirm;
			const ask = confirms && (await askPassword(event, form));
			if (ask) return ask;
			const done = await work(signedIn(event.locals), form, event);
			const office = event.url.searchParams.get('mulai');
			if (typeof done === 'string') {
				const returns = office && OFFICE_CODE.test(office) && !done.startsWith(PATHS);
				redirect(303, returns ? pathOfOffice(office, done) : done);
			}
			return done as Exclude<T, string>;
		});
		if (sent.size > 0 && isActionFailure(answer)) handBack(sent, answer.data as unknown as FormResult);
		return answer;
	};

/** Form action that makes one change and then leads to `page`. */
export const changeThenOpen = <Event extends RequestEvent>(
	change: (actor: Actor, data: ReadForm['data'], event: Event) => Promise<unknown>,
	page: string | ((event: Event) => string | Promise<string>),
	options: ActionOptions<Event> = {}
) =>
	formAction(async (actor, { data }, event: Event) => {
		await change(actor, data, event);
		return typeof page === 'string' ? page : await page(event);
	}, options);

const PATHS = '/admin/mulai/';

/** The guided path of an office, with what `done` says of the change: stored, or waiting for a supervisor. */
function pathOfOffice(office: string, done: string): string {
	const saved = new URL(done, 'http://localhost').searchParams.get('saved');
	return `${PATHS}${office}?saved${saved ? `=${encodeURIComponent(saved)}` : ''}`;
}

/** Removes fields from what was typed, and returns those that were filled in. */
function takeFields(typed: FormResult['typed'], names: readonly string[]): Map<string, string> {
	const taken = new Map<string, string>();
	for (const name of names) {
		if (typed[name]) taken.set(name, String(typed[name]));
		delete typed[name];
	}
	return taken;
}

/**
 * The form that asks for the password carries the secrets in hidden fields. The page's own form asks for them again.
 */
function handBack(secrets: ReadonlyMap<string, string>, { confirm, typed, issues }: FormResult): void {
	for (const [path, secret] of secrets) {
		if (confirm) typed[path] = secret;
		else if (issues.every((issue) => issue.path !== path)) {
			issues.push({ path, code: 'secret_again', message: issueText({ path, code: 'secret_again' }) });
		}
	}
}

type RecordVerb = (actor: Actor, id: string, raw: Record<string, unknown>) => Promise<unknown>;

/**
 * Form actions of the page of one record, by name: each changes the record of the address and returns to its page.
 * Those in `confirmed` ask for the password.
 */
export const recordActions = <Name extends string>(
	list: string,
	verbs: Record<Name, RecordVerb>,
	confirmed: readonly string[] = []
) => {
	const action = (verb: RecordVerb, part: string) =>
		changeThenOpen(
			(actor, data, { params }: RequestEvent<{ id: string }>) => verb(actor, params.id, data),
			({ params }) => `${list}/${params.id}?saved`,
			confirmed.includes(part) ? { part, confirm: true } : { part }
		);
	const named = Object.entries<RecordVerb>(verbs).map(([name, verb]) => [name, action(verb, name)]);
	return Object.fromEntries(named) as Record<Name, ReturnType<typeof action>>;
};
