/** Texts of the bar, which the page has in its language. */
type Text = 'restored' | 'found' | 'sending' | 'unsent' | 'waiting' | 'later' | 'large' | 'cookies';

/** What the buttons of the bar do. A button without an action is hidden. */
interface Actions {
	take?: () => unknown;
	drop?: () => unknown;
}

/** The line below a form that says what happens to the form. */
export interface FormBar {
	show: (text: Text, actions?: Actions) => void;
	/** Shows an answer of the site that has no form. Without nodes it empties the bar. */
	tell: (...nodes: (Node | string)[]) => void;
	/** Says whether the connection is lost, unless the bar says something else, which may have buttons. */
	sayOffline: (isOffline: boolean) => void;
}

export function formBar(form: HTMLFormElement): FormBar {
	const bar = form.nextElementSibling as HTMLElement | null;
	const words = bar?.querySelector('[role=status]');
	const buttons = ['take', 'drop'] as const;
	const put = (nodes: (Node | string)[], actions: Actions = {}) => {
		// Texts that stay are not read aloud again.
		if (words?.textContent !== nodes.map((node) => (typeof node === 'string' ? node : node.textContent)).join('')) {
			words?.replaceChildren(...nodes);
		}
		bar?.toggleAttribute('data-shown', nodes.length > 0);
		for (const name of buttons) {
			const button = bar?.querySelector<HTMLButtonElement>(`[data-do=${name}]`);
			const action = actions[name];
			if (!button) continue;
			button.hidden = !action;
			button.onclick = () => {
				put([]);
				void action?.();
			};
		}
	};
	return {
		show: (text, actions) => put([bar?.dataset[text] ?? ''], actions),
		tell: (...nodes) => put(nodes),
		sayOffline: (isOffline) => {
			const { offline = '' } = bar?.dataset ?? {};
			if (offline && words?.textContent === (isOffline ? '' : offline)) put(isOffline ? [offline] : []);
		}
	};
}
