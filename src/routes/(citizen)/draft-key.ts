/** Key prefix of this tab's drafts in session storage; the page's path follows. */
export const DRAFT_PREFIX = 'draft:';

/** They have been sent. */
export function dropDrafts(): void {
	for (const key of Object.keys(sessionStorage)) {
		if (key.startsWith(DRAFT_PREFIX)) sessionStorage.removeItem(key);
	}
}
