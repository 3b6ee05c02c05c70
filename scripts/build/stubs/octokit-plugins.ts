/** A replacement for Octokit's plugins with a method for each route of GitHub. The action passes routes as text instead. */
const nothing = () => ({})

export { nothing as paginateRest, nothing as restEndpointMethods }
