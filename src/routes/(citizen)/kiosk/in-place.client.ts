/** Follows a link and replaces the page in the history. Without scripts the link works normally. */
export function goInPlace(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
	event.preventDefault();
	location.replace(event.currentTarget.href);
}
