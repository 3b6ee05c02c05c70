/** Stands for the plugins of Octokit that add a method for each of GitHub's routes: the action names its routes. */
const nothing = () => ({})

export { nothing as paginateRest, nothing as restEndpointMethods }
