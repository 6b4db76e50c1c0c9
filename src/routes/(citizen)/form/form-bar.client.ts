import { createElement } from './create-element.client.ts';

/** Texts of the bar. The page contains them in its language. */
type Text =
	| 'restored'
	| 'restoredWithoutFiles'
	| 'resumed'
	| 'found'
	| 'sending'
	| 'unsent'
	| 'waiting'
	| 'later'
	| 'large'
	| 'cookies'
	| 'unkept';

/** What the buttons of a question do. The person is asked once more before `drop`, and before `take` if it asks. */
interface Actions {
	take?: (ask?: () => void) => unknown;
	drop: () => unknown;
}

/**
 * The bar of a form. A message is above the form's button; a question is above the form and disappears when the person
 * answers or types. That of a text on the phone stays, because nothing else leads to this text.
 */
export interface FormBar {
	show: (text: Text, actions?: Actions) => void;
	/** Shows the part of the form that was sent, from 0 to 1, in quarters: screen readers read each one. */
	showSent: (part: number) => void;
	/** Shows an answer of the site that has no form. */
	showAnswer: (...nodes: (Node | string)[]) => void;
	/** Shows whether the connection is lost, unless the bar shows something else. */
	showOffline: (isOffline: boolean) => void;
	/** Locks the form while it is sent, so that its text can't change meanwhile. Its button may keep the focus. */
	lock: (isLocked: boolean) => void;
}

/** What the bar's buttons do. Those without an action are hidden. */
type Buttons = Record<string, (() => unknown) | undefined>;

export function formBar(form: HTMLFormElement): FormBar {
	const bar = form.nextElementSibling as HTMLElement;
	const words = bar.querySelector('[role=status]') as HTMLElement;
	const send = form.querySelector('[type=submit]') as HTMLElement;
	const sends = send.textContent;
	const focusOn = (name: string) => bar.querySelector<HTMLElement>(`[data-do=${name}]`)?.focus();
	let isQuestion = false;
	/** Puts the bar above the button of the shown step. Screen readers read a text only if the bar does not move with it. */
	const place = () => {
		if (isQuestion) return form.before(bar);
		const shown = [...form.querySelectorAll<HTMLElement>('.turn .primary, [type=submit]')].find(
			(button) => button.offsetParent
		);
		(shown?.closest('.turn, .send') ?? shown)?.before(bar);
	};
	const reveal = () => bar.scrollIntoView({ block: 'nearest' });
	let focused: HTMLElement;
	/**
	 * Locks or unlocks everything but the bar, which screen readers must still read, and the form's button. Unlocking gives
	 * the focus back, unless the person has moved it.
	 */
	const lock: FormBar['lock'] = (isLocked) => {
		for (const part of form.querySelectorAll<HTMLElement>('[inert]')) part.inert = false;
		const active = document.activeElement as HTMLElement;
		if (!isLocked) {
			if (active === document.body) focused.focus({ preventScroll: true });
			return;
		}
		focused = active;
		for (let part: Element = bar; form.contains(part.parentElement); part = part.parentElement ?? form)
			for (const other of part.parentElement?.children ?? [])
				(other as HTMLElement).inert = other !== part && !other.contains(send);
	};
	const put = (nodes: (Node | string)[], actions: Buttons = {}): void => {
		isQuestion = Object.keys(actions).length > 0;
		if (isQuestion !== (bar.nextElementSibling === form) || !bar.offsetParent) place();
		const next = createElement('p', '');
		next.append(...nodes);
		// Texts that stay are not read aloud again.
		if (words.textContent !== next.textContent) words.replaceChildren(...next.childNodes);
		bar.toggleAttribute('data-shown', nodes.length > 0);
		send.textContent = sends;
		for (const button of bar.querySelectorAll<HTMLButtonElement>('[data-do]')) {
			const action = actions[button.dataset.do as string];
			button.hidden = !action;
			button.onclick = () => {
				put([]);
				void action?.();
			};
		}
	};
	let before: Text;
	const show: FormBar['show'] = (text, actions) => {
		const { [text]: said = '', ask = '', waits = '' } = bar.dataset;
		const sure = (name: 'take' | 'drop') => {
			const keep = () => {
				show(text, actions);
				focusOn(name);
			};
			put([bar.dataset[text + name] ?? ask], { sure: actions?.[name], keep });
			reveal();
			focusOn('keep');
		};
		const { take } = actions ?? {};
		put([said], actions && { take: take && (() => take(() => sure('take'))), drop: () => sure('drop') });
		// No scrolling for `unsent`, because the person is typing, nor after each try that the form makes by itself.
		if (text === 'sending' || (text !== before && text !== 'unsent')) reveal();
		before = text;
		if (['waiting', 'later'].includes(text)) send.textContent = waits;
	};
	const endQuestion = () => void (isQuestion && before !== 'found' && put([]));
	form.addEventListener('input', endQuestion);
	addEventListener('hashchange', () => {
		endQuestion();
		place();
		// The person went back to another step while the form is sent.
		if (form.querySelector('[inert]')) {
			lock(true);
			reveal();
		}
	});
	// Then the browser has scrolled to where the page was left, or to the step of its address.
	addEventListener('pageshow', () => setTimeout(() => isQuestion && reveal()), { once: true });
	place();
	return {
		show,
		lock,
		showSent: (part) => {
			const quarters = Math.floor(part * 4);
			const text = bar.dataset.sending + (quarters ? ` ${quarters * 25}%` : '');
			if (words.textContent !== text) put([text]);
		},
		showAnswer: (...nodes) => {
			put(nodes);
			reveal();
		},
		showOffline: (isOffline) => {
			const { offline = '' } = bar.dataset;
			if (offline && words.textContent === (isOffline ? '' : offline)) put(isOffline ? [offline] : []);
		}
	};
}
