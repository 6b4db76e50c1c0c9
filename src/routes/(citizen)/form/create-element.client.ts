/** Creates an element with these classes and this text. */
export function createElement<Name extends keyof HTMLElementTagNameMap>(name: Name, classes: string, text = '') {
	return Object.assign(document.createElement(name), { className: classes, textContent: text });
}
