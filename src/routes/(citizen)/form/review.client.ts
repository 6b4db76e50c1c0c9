import { isTyped } from './draft.client.ts';
import { problemOf, showError, type Control } from './field-error.client.ts';
import { storyNamesReporter } from './identity.client.ts';
import { createElement } from './create-element.client.ts';

/** Controls that are switched off, and those with the attribute `form`, are not sent. */
export const FIELDS = 'textarea, select, input:enabled:not([type=hidden], [type=file], [form])';

/**
 * Lists in the last step of a guided form what will be sent, in the person's words, with a link to each step. The page's
 * links to other languages and to its content lead to the step that is shown.
 */
export function keepReview(form: HTMLFormElement): void {
	const list = form.querySelector<HTMLElement>('.check ul');
	const steps = [...form.querySelectorAll('.guided > section')].slice(0, -1);
	if (!list) return;
	const chosen = form.querySelector<HTMLElement>('.chosen');
	const pick = chosen?.previousElementSibling;
	const { title } = document;
	const write = () => {
		if (!form.isConnected) return;
		if (chosen) pick?.after(chosen);
		const target = form.querySelector(':target')?.closest('.guided > section');
		const heading = target?.querySelector('h2');
		const shown = heading?.id;
		const [count, , name] = [...(heading?.children ?? [])].map(({ textContent }) => textContent);
		document.title = count ? `${count}: ${name} · ${title}` : title;
		for (const link of document.querySelectorAll<HTMLAnchorElement>('a[hreflang]')) link.hash = shown ?? '';
		for (const link of document.querySelectorAll<HTMLAnchorElement>('a.skip')) link.hash = shown ?? 'main';
		list.replaceChildren(...steps.map((step) => entry(step, list.dataset)));
		if (storyNamesReporter(form)) list.firstElementChild?.append(createElement('p', 'strong', list.dataset.named));
		// Moves the list of files here, with their pictures, and later with how much of each was sent.
		if (chosen?.childElementCount && target?.matches(':last-child'))
			list.querySelector('.files')?.replaceChildren(chosen);
	};
	let isCorrection = false;
	// Leads to the next step only if the site would accept the answers of this one. After "Ubah", leads to the last step.
	form.addEventListener('click', (event) => {
		const target = event.target as Element;
		if (target.closest('.check a')) isCorrection = true;
		const step = target.closest('.turn .primary')?.closest('section');
		if (!step) return;
		const faulty = [...step.querySelectorAll<Control>(FIELDS)].filter(problemOf);
		if (faulty[0]) {
			event.preventDefault();
			for (const field of faulty) showError(field, problemOf(field));
			faulty[0].focus();
		} else if (isCorrection) {
			event.preventDefault();
			location.hash = list.closest('section')?.querySelector('h2')?.id ?? '';
			isCorrection = false;
		}
	});
	// The links between the steps look like buttons, so the space bar presses them too.
	form.addEventListener('keydown', (event) => {
		const link = event.key === ' ' && (event.target as Element).closest<HTMLElement>('.turn a');
		if (!link) return;
		event.preventDefault();
		link.click();
	});
	addEventListener('hashchange', write);
	// A script can start before the browser knows which step the address names.
	addEventListener('pageshow', () => {
		// Back from the receipt leads to the last step, and the form is empty again.
		if (form.dataset.draft !== 'returned' && form.querySelector(':target') && !isTyped(form))
			location.replace(`#${steps[0]?.querySelector('h2')?.id}`);
		write();
	});
	// `review` follows when photos are ready, a kept text was filled in, or the form was reset.
	form.addEventListener('review', write);
	write();
}

/**
 * Enter in a text field of a shown step leads to the next one instead of sending the form.
 *
 * @returns false if the focus is not in a step that has a next one
 */
export function goOn(): boolean {
	const step = document.activeElement?.closest('.guided > section');
	const next = step?.querySelector<HTMLElement>('.turn .primary');
	if (!next?.offsetParent) return false;
	next.click();
	return true;
}

function entry(step: Element, words: DOMStringMap): HTMLElement {
	const heading = step.querySelector('h2');
	const title = heading?.lastElementChild?.textContent ?? '';
	const change = Object.assign(createElement('a', 'reach', words.change), { href: `#${heading?.id}` });
	change.append(createElement('span', 'unseen', ` ${title}`));
	const head = createElement('div', 'row between');
	head.append(createElement('h3', '', title), change);
	const item = createElement('li', '');
	item.append(head);
	for (const [label, { text, problem }] of answersIn(step)) {
		item.append(createElement('p', 'small soft', label));
		if (text) item.append(createElement('p', 'verbatim', text));
		if (problem || !text) item.append(createElement('p', 'error', problem || words.empty));
	}
	const files = step.querySelector('[type=file]');
	if (files) {
		const error = files.closest('.field')?.querySelector(':scope > .error')?.textContent;
		const shown = createElement('div', 'files', error ? '' : words.noFiles);
		if (error) shown.append(Object.assign(createElement('a', 'error reach', error), { href: change.hash }));
		item.append(shown);
	}
	return item;
}

/** The answers of a step, by the label of the field. A required field without an answer has an empty text. */
function answersIn(step: Element): Map<string, { text: string; problem: string }> {
	const answers = new Map<string, { text: string; problem: string }>();
	for (const control of step.querySelectorAll<Control>(FIELDS)) {
		const legend =
			control.type === 'radio' ? control.closest('fieldset')?.querySelector('legend') : control.labels?.[0];
		const label = legend?.firstChild?.textContent?.trim() ?? '';
		const text = textOf(control);
		const problem = problemOf(control);
		if (!text && ((!control.required && !problem) || answers.has(label))) continue;
		answers.set(label, { text, problem });
	}
	return answers;
}

function textOf(control: Control): string {
	if (control instanceof HTMLSelectElement) return control.value && (control.selectedOptions[0]?.text ?? '');
	const words = control.labels?.[0]?.textContent.trim() ?? '';
	if (control.type === 'radio' || control.type === 'checkbox') {
		if (!(control as HTMLInputElement).checked) return '';
		return control.labels?.[0]?.querySelector('.name')?.textContent ?? words;
	}
	// The day in words, which the form's script writes below its field.
	return (control.type === 'date' && control.parentElement?.querySelector('output')?.textContent) || control.value;
}
