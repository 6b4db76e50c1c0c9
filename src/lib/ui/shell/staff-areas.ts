export interface Link {
	href: string;
	label: string;
}

/** An entry of the menu: a page, or a group of pages, each of which shows all of them as tabs. */
export interface MenuPage extends Link {
	tabs: readonly Link[];
	/** How much waits there for a decision. */
	waiting?: number;
}

export interface Area extends Link {
	icon: 'desk' | 'insight' | 'admin' | 'me';
	/** Pages shown in the menu while the person is in this area. */
	pages: MenuPage[];
}

/** Whether `path` is `href` or a page below it. */
export const within = (path: string, href: string): boolean => path === href || path.startsWith(`${href}/`);

const addressesOf = ({ href, tabs }: MenuPage): string[] => (tabs.length > 0 ? tabs.map((tab) => tab.href) : [href]);

/** Whether `path` is in the area: below its address or below one of its listed pages. */
export const covers = (area: Area, path: string): boolean =>
	area.pages.flatMap(addressesOf).some((href) => href !== area.href && within(path, href)) || within(path, area.href);

/**
 * The menu's entry that an address belongs to: the one with the longest matching address. A table for a list of the settings
 * (`/admin/csv/officers`) belongs to the list.
 */
export function currentPage(address: string, pages: readonly MenuPage[]): MenuPage | undefined {
	const path = address.replace(/^\/admin\/csv\//, '/admin/');
	const length = (entry: MenuPage) =>
		Math.max(0, ...addressesOf(entry).map((href) => (within(path, href) ? href.length : 0)));
	return pages.filter((entry) => length(entry) > 0).sort((a, b) => length(b) - length(a))[0];
}
