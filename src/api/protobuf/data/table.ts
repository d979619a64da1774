/** Written by `generate/main.ts` from Kubernetes 1.36; do not edit. The encoding is described in `../messages.ts`. */
/** API group → first part of its messages’ names. */
export const groups: Readonly<Record<string, string>> = {
  '': 'core',
  'admission.k8s.io': 'admission',
  'admissionregistration.k8s.io': 'admissionregistration',
  'apidiscovery.k8s.io': 'apidiscovery',
  'apiextensions.k8s.io': 'apiextensions',
  'apiregistration.k8s.io': 'apiregistration',
  apps: 'apps',
  'authentication.k8s.io': 'authentication',
  'authorization.k8s.io': 'authorization',
  autoscaling: 'autoscaling',
  batch: 'batch',
  'certificates.k8s.io': 'certificates',
  'coordination.k8s.io': 'coordination',
  'discovery.k8s.io': 'discovery',
  'events.k8s.io': 'events',
  extensions: 'extensions',
  'flowcontrol.apiserver.k8s.io': 'flowcontrol',
  'internal.apiserver.k8s.io': 'apiserverinternal',
  'meta.k8s.io': 'meta',
  'networking.k8s.io': 'networking',
  'node.k8s.io': 'node',
  policy: 'policy',
  'rbac.authorization.k8s.io': 'rbac',
  'resource.k8s.io': 'resource',
  'scheduling.k8s.io': 'scheduling',
  'storage.k8s.io': 'storage',
  'storagemigration.k8s.io': 'storagemigration',
}

export const table: Readonly<Record<string, string>> = {
  'admission.v1.AdmissionRequest':
    '1!uid:s 2!kind:meta.v1.GroupVersionKind 3!resource:meta.v1.GroupVersionResource 4?subResource:s 13*requestKind:meta.v1.GroupVersionKind 14*requestResource:meta.v1.GroupVersionResource 15?requestSubResource:s 5?name:s 6?namespace:s 7!operation:s 8!userInfo:authentication.v1.UserInfo 9?object:j 10?oldObject:j 11*dryRun:b 12?options:j',
  'admission.v1.AdmissionResponse':
    '1!uid:s 2!allowed:b 3*status:meta.v1.Status 4?patch:y 5*patchType:s 6?auditAnnotations:{}s 7?warnings:[]s',
  'admission.v1.AdmissionReview': '@ 1*request:.AdmissionRequest 2*response:.AdmissionResponse',
  'admission.v1beta1.AdmissionRequest':
    '1!uid:s 2!kind:meta.v1.GroupVersionKind 3!resource:meta.v1.GroupVersionResource 4?subResource:s 13*requestKind:meta.v1.GroupVersionKind 14*requestResource:meta.v1.GroupVersionResource 15?requestSubResource:s 5?name:s 6?namespace:s 7!operation:s 8!userInfo:authentication.v1.UserInfo 9?object:j 10?oldObject:j 11*dryRun:b 12?options:j',
  'admission.v1beta1.AdmissionResponse':
    '1!uid:s 2!allowed:b 3*status:meta.v1.Status 4?patch:y 5*patchType:s 6?auditAnnotations:{}s 7?warnings:[]s',
  'admission.v1beta1.AdmissionReview': '@ 1*request:.AdmissionRequest 2*response:.AdmissionResponse',
  'admissionregistration.v1.ApplyConfiguration': '1?expression:s',
  'admissionregistration.v1.AuditAnnotation': '1!key:s 2!valueExpression:s',
  'admissionregistration.v1.ExpressionWarning': '2!fieldRef:s 3!warning:s',
  'admissionregistration.v1.JSONPatch': '1?expression:s',
  'admissionregistration.v1.MatchCondition': '1!name:s 2!expression:s',
  'admissionregistration.v1.MatchResources':
    '1*namespaceSelector:meta.v1.LabelSelector 2*objectSelector:meta.v1.LabelSelector 3?resourceRules:[].NamedRuleWithOperations 4?excludeResourceRules:[].NamedRuleWithOperations 7*matchPolicy:s',
  'admissionregistration.v1.MutatingAdmissionPolicy':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.MutatingAdmissionPolicySpec',
  'admissionregistration.v1.MutatingAdmissionPolicyBinding':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.MutatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1.MutatingAdmissionPolicyBindingList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingAdmissionPolicyBinding',
  'admissionregistration.v1.MutatingAdmissionPolicyBindingSpec':
    '1?policyName:s 2*paramRef:.ParamRef 3*matchResources:.MatchResources',
  'admissionregistration.v1.MutatingAdmissionPolicyList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingAdmissionPolicy',
  'admissionregistration.v1.MutatingAdmissionPolicySpec':
    '1*paramKind:.ParamKind 2*matchConstraints:.MatchResources 3?variables:[].Variable 4?mutations:[].Mutation 5*failurePolicy:s 6?matchConditions:[].MatchCondition 7?reinvocationPolicy:s',
  'admissionregistration.v1.MutatingWebhook':
    '1!name:s 2!clientConfig:.WebhookClientConfig 3?rules:[].RuleWithOperations 4*failurePolicy:s 9*matchPolicy:s 5*namespaceSelector:meta.v1.LabelSelector 11*objectSelector:meta.v1.LabelSelector 6*sideEffects:s 7*timeoutSeconds:i 8!admissionReviewVersions:[]s 10*reinvocationPolicy:s 12?matchConditions:[].MatchCondition',
  'admissionregistration.v1.MutatingWebhookConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?webhooks:[].MutatingWebhook',
  'admissionregistration.v1.MutatingWebhookConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingWebhookConfiguration',
  'admissionregistration.v1.Mutation': '2!patchType:s 3*applyConfiguration:.ApplyConfiguration 4*jsonPatch:.JSONPatch',
  'admissionregistration.v1.NamedRuleWithOperations': '1?resourceNames:[]s 2!:.RuleWithOperations',
  'admissionregistration.v1.ParamKind': '1?apiVersion:s 2?kind:s',
  'admissionregistration.v1.ParamRef':
    '1?name:s 2?namespace:s 3*selector:meta.v1.LabelSelector 4*parameterNotFoundAction:s',
  'admissionregistration.v1.Rule': '1?apiGroups:[]s 2?apiVersions:[]s 3?resources:[]s 4*scope:s',
  'admissionregistration.v1.RuleWithOperations': '1?operations:[]s 2!:.Rule',
  'admissionregistration.v1.ServiceReference': '1!namespace:s 2!name:s 3*path:s 4*port:i',
  'admissionregistration.v1.TypeChecking': '1?expressionWarnings:[].ExpressionWarning',
  'admissionregistration.v1.ValidatingAdmissionPolicy':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ValidatingAdmissionPolicySpec 3?status:.ValidatingAdmissionPolicyStatus',
  'admissionregistration.v1.ValidatingAdmissionPolicyBinding':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ValidatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingAdmissionPolicyBinding',
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec':
    '1?policyName:s 2*paramRef:.ParamRef 3*matchResources:.MatchResources 4?validationActions:[]s',
  'admissionregistration.v1.ValidatingAdmissionPolicyList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingAdmissionPolicy',
  'admissionregistration.v1.ValidatingAdmissionPolicySpec':
    '1*paramKind:.ParamKind 2*matchConstraints:.MatchResources 3?validations:[].Validation 4*failurePolicy:s 5?auditAnnotations:[].AuditAnnotation 6?matchConditions:[].MatchCondition 7?variables:[].Variable',
  'admissionregistration.v1.ValidatingAdmissionPolicyStatus':
    '1?observedGeneration:i 2*typeChecking:.TypeChecking 3?conditions:[]meta.v1.Condition',
  'admissionregistration.v1.ValidatingWebhook':
    '1!name:s 2!clientConfig:.WebhookClientConfig 3?rules:[].RuleWithOperations 4*failurePolicy:s 9*matchPolicy:s 5*namespaceSelector:meta.v1.LabelSelector 10*objectSelector:meta.v1.LabelSelector 6*sideEffects:s 7*timeoutSeconds:i 8!admissionReviewVersions:[]s 11?matchConditions:[].MatchCondition',
  'admissionregistration.v1.ValidatingWebhookConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?webhooks:[].ValidatingWebhook',
  'admissionregistration.v1.ValidatingWebhookConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingWebhookConfiguration',
  'admissionregistration.v1.Validation': '1!expression:s 2?message:s 3*reason:s 4?messageExpression:s',
  'admissionregistration.v1.Variable': '1!name:s 2!expression:s',
  'admissionregistration.v1.WebhookClientConfig': '3*url:s 1*service:.ServiceReference 2?caBundle:y',
  'admissionregistration.v1alpha1.ApplyConfiguration': '1?expression:s',
  'admissionregistration.v1alpha1.AuditAnnotation': '1!key:s 2!valueExpression:s',
  'admissionregistration.v1alpha1.ExpressionWarning': '2!fieldRef:s 3!warning:s',
  'admissionregistration.v1alpha1.JSONPatch': '1?expression:s',
  'admissionregistration.v1alpha1.MatchCondition': '1!name:s 2!expression:s',
  'admissionregistration.v1alpha1.MatchResources':
    '1*namespaceSelector:meta.v1.LabelSelector 2*objectSelector:meta.v1.LabelSelector 3?resourceRules:[].NamedRuleWithOperations 4?excludeResourceRules:[].NamedRuleWithOperations 7*matchPolicy:s',
  'admissionregistration.v1alpha1.MutatingAdmissionPolicy':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.MutatingAdmissionPolicySpec',
  'admissionregistration.v1alpha1.MutatingAdmissionPolicyBinding':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.MutatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingAdmissionPolicyBinding',
  'admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingSpec':
    '1?policyName:s 2*paramRef:.ParamRef 3*matchResources:.MatchResources',
  'admissionregistration.v1alpha1.MutatingAdmissionPolicyList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingAdmissionPolicy',
  'admissionregistration.v1alpha1.MutatingAdmissionPolicySpec':
    '1*paramKind:.ParamKind 2*matchConstraints:.MatchResources 3?variables:[].Variable 4?mutations:[].Mutation 5*failurePolicy:s 6?matchConditions:[].MatchCondition 7?reinvocationPolicy:s',
  'admissionregistration.v1alpha1.Mutation':
    '2!patchType:s 3*applyConfiguration:.ApplyConfiguration 4*jsonPatch:.JSONPatch',
  'admissionregistration.v1alpha1.NamedRuleWithOperations':
    '1?resourceNames:[]s 2!:admissionregistration.v1.RuleWithOperations',
  'admissionregistration.v1alpha1.ParamKind': '1?apiVersion:s 2?kind:s',
  'admissionregistration.v1alpha1.ParamRef':
    '1?name:s 2?namespace:s 3*selector:meta.v1.LabelSelector 4*parameterNotFoundAction:s',
  'admissionregistration.v1alpha1.TypeChecking': '1?expressionWarnings:[].ExpressionWarning',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicy':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ValidatingAdmissionPolicySpec 3?status:.ValidatingAdmissionPolicyStatus',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicyBinding':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ValidatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicyBindingList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingAdmissionPolicyBinding',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicyBindingSpec':
    '1?policyName:s 2*paramRef:.ParamRef 3*matchResources:.MatchResources 4?validationActions:[]s',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicyList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingAdmissionPolicy',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicySpec':
    '1*paramKind:.ParamKind 2*matchConstraints:.MatchResources 3?validations:[].Validation 4*failurePolicy:s 5?auditAnnotations:[].AuditAnnotation 6?matchConditions:[].MatchCondition 7?variables:[].Variable',
  'admissionregistration.v1alpha1.ValidatingAdmissionPolicyStatus':
    '1?observedGeneration:i 2*typeChecking:.TypeChecking 3?conditions:[]meta.v1.Condition',
  'admissionregistration.v1alpha1.Validation': '1!expression:s 2?message:s 3*reason:s 4?messageExpression:s',
  'admissionregistration.v1alpha1.Variable': '1!name:s 2!expression:s',
  'admissionregistration.v1beta1.ApplyConfiguration': '1?expression:s',
  'admissionregistration.v1beta1.AuditAnnotation': '1!key:s 2!valueExpression:s',
  'admissionregistration.v1beta1.ExpressionWarning': '2!fieldRef:s 3!warning:s',
  'admissionregistration.v1beta1.JSONPatch': '1?expression:s',
  'admissionregistration.v1beta1.MatchCondition': '1!name:s 2!expression:s',
  'admissionregistration.v1beta1.MatchResources':
    '1*namespaceSelector:meta.v1.LabelSelector 2*objectSelector:meta.v1.LabelSelector 3?resourceRules:[].NamedRuleWithOperations 4?excludeResourceRules:[].NamedRuleWithOperations 7*matchPolicy:s',
  'admissionregistration.v1beta1.MutatingAdmissionPolicy':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.MutatingAdmissionPolicySpec',
  'admissionregistration.v1beta1.MutatingAdmissionPolicyBinding':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.MutatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1beta1.MutatingAdmissionPolicyBindingList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingAdmissionPolicyBinding',
  'admissionregistration.v1beta1.MutatingAdmissionPolicyBindingSpec':
    '1?policyName:s 2*paramRef:.ParamRef 3*matchResources:.MatchResources',
  'admissionregistration.v1beta1.MutatingAdmissionPolicyList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingAdmissionPolicy',
  'admissionregistration.v1beta1.MutatingAdmissionPolicySpec':
    '1*paramKind:.ParamKind 2*matchConstraints:.MatchResources 3?variables:[].Variable 4?mutations:[].Mutation 5*failurePolicy:s 6?matchConditions:[].MatchCondition 7?reinvocationPolicy:s',
  'admissionregistration.v1beta1.MutatingWebhook':
    '1!name:s 2!clientConfig:.WebhookClientConfig 3?rules:[]admissionregistration.v1.RuleWithOperations 4*failurePolicy:s 9*matchPolicy:s 5*namespaceSelector:meta.v1.LabelSelector 11*objectSelector:meta.v1.LabelSelector 6*sideEffects:s 7*timeoutSeconds:i 8?admissionReviewVersions:[]s 10*reinvocationPolicy:s 12?matchConditions:[].MatchCondition',
  'admissionregistration.v1beta1.MutatingWebhookConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?webhooks:[].MutatingWebhook',
  'admissionregistration.v1beta1.MutatingWebhookConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].MutatingWebhookConfiguration',
  'admissionregistration.v1beta1.Mutation':
    '2!patchType:s 3*applyConfiguration:.ApplyConfiguration 4*jsonPatch:.JSONPatch',
  'admissionregistration.v1beta1.NamedRuleWithOperations':
    '1?resourceNames:[]s 2!:admissionregistration.v1.RuleWithOperations',
  'admissionregistration.v1beta1.ParamKind': '1?apiVersion:s 2?kind:s',
  'admissionregistration.v1beta1.ParamRef':
    '1?name:s 2?namespace:s 3*selector:meta.v1.LabelSelector 4*parameterNotFoundAction:s',
  'admissionregistration.v1beta1.ServiceReference': '1!namespace:s 2!name:s 3*path:s 4*port:i',
  'admissionregistration.v1beta1.TypeChecking': '1?expressionWarnings:[].ExpressionWarning',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicy':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ValidatingAdmissionPolicySpec 3?status:.ValidatingAdmissionPolicyStatus',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicyBinding':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ValidatingAdmissionPolicyBindingSpec',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicyBindingList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingAdmissionPolicyBinding',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicyBindingSpec':
    '1?policyName:s 2*paramRef:.ParamRef 3*matchResources:.MatchResources 4?validationActions:[]s',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicyList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingAdmissionPolicy',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicySpec':
    '1*paramKind:.ParamKind 2*matchConstraints:.MatchResources 3?validations:[].Validation 4*failurePolicy:s 5?auditAnnotations:[].AuditAnnotation 6?matchConditions:[].MatchCondition 7?variables:[].Variable',
  'admissionregistration.v1beta1.ValidatingAdmissionPolicyStatus':
    '1?observedGeneration:i 2*typeChecking:.TypeChecking 3?conditions:[]meta.v1.Condition',
  'admissionregistration.v1beta1.ValidatingWebhook':
    '1!name:s 2!clientConfig:.WebhookClientConfig 3?rules:[]admissionregistration.v1.RuleWithOperations 4*failurePolicy:s 9*matchPolicy:s 5*namespaceSelector:meta.v1.LabelSelector 10*objectSelector:meta.v1.LabelSelector 6*sideEffects:s 7*timeoutSeconds:i 8?admissionReviewVersions:[]s 11?matchConditions:[].MatchCondition',
  'admissionregistration.v1beta1.ValidatingWebhookConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?webhooks:[].ValidatingWebhook',
  'admissionregistration.v1beta1.ValidatingWebhookConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ValidatingWebhookConfiguration',
  'admissionregistration.v1beta1.Validation': '1!expression:s 2?message:s 3*reason:s 4?messageExpression:s',
  'admissionregistration.v1beta1.Variable': '1!name:s 2!expression:s',
  'admissionregistration.v1beta1.WebhookClientConfig': '3*url:s 1*service:.ServiceReference 2?caBundle:y',
  'apidiscovery.v2.APIGroupDiscovery': '@ 1?metadata:meta.v1.ObjectMeta 2?versions:[].APIVersionDiscovery',
  'apidiscovery.v2.APIGroupDiscoveryList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].APIGroupDiscovery',
  'apidiscovery.v2.APIResourceDiscovery':
    '1!resource:s 2*responseKind:meta.v1.GroupVersionKind 3!scope:s 4!singularResource:s 5!verbs:[]s 6?shortNames:[]s 7?categories:[]s 8?subresources:[].APISubresourceDiscovery',
  'apidiscovery.v2.APISubresourceDiscovery':
    '1!subresource:s 2*responseKind:meta.v1.GroupVersionKind 3?acceptedTypes:[]meta.v1.GroupVersionKind 4!verbs:[]s',
  'apidiscovery.v2.APIVersionDiscovery': '1!version:s 2?resources:[].APIResourceDiscovery 3?freshness:s',
  'apidiscovery.v2beta1.APIGroupDiscovery': '@ 1?metadata:meta.v1.ObjectMeta 2?versions:[].APIVersionDiscovery',
  'apidiscovery.v2beta1.APIGroupDiscoveryList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].APIGroupDiscovery',
  'apidiscovery.v2beta1.APIResourceDiscovery':
    '1!resource:s 2*responseKind:meta.v1.GroupVersionKind 3!scope:s 4!singularResource:s 5!verbs:[]s 6?shortNames:[]s 7?categories:[]s 8?subresources:[].APISubresourceDiscovery',
  'apidiscovery.v2beta1.APISubresourceDiscovery':
    '1!subresource:s 2*responseKind:meta.v1.GroupVersionKind 3?acceptedTypes:[]meta.v1.GroupVersionKind 4!verbs:[]s',
  'apidiscovery.v2beta1.APIVersionDiscovery': '1!version:s 2?resources:[].APIResourceDiscovery 3?freshness:s',
  'apiextensions.v1.ConversionRequest': '1!uid:s 2!desiredAPIVersion:s 3!objects:[]j',
  'apiextensions.v1.ConversionResponse': '1!uid:s 2!convertedObjects:[]j 3!result:meta.v1.Status',
  'apiextensions.v1.ConversionReview': '@ 1*request:.ConversionRequest 2*response:.ConversionResponse',
  'apiextensions.v1.CustomResourceColumnDefinition':
    '1!name:s 2!type:s 3?format:s 4?description:s 5?priority:i 6!jsonPath:s',
  'apiextensions.v1.CustomResourceConversion': '1!strategy:s 2*webhook:.WebhookConversion',
  'apiextensions.v1.CustomResourceDefinition':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CustomResourceDefinitionSpec 3?status:.CustomResourceDefinitionStatus',
  'apiextensions.v1.CustomResourceDefinitionCondition':
    '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s 6?observedGeneration:i',
  'apiextensions.v1.CustomResourceDefinitionList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CustomResourceDefinition',
  'apiextensions.v1.CustomResourceDefinitionNames':
    '1!plural:s 2?singular:s 3?shortNames:[]s 4!kind:s 5?listKind:s 6?categories:[]s',
  'apiextensions.v1.CustomResourceDefinitionSpec':
    '1!group:s 3!names:.CustomResourceDefinitionNames 4!scope:s 7!versions:[].CustomResourceDefinitionVersion 9*conversion:.CustomResourceConversion 10?preserveUnknownFields:b',
  'apiextensions.v1.CustomResourceDefinitionStatus':
    '1!conditions:[].CustomResourceDefinitionCondition 2!acceptedNames:.CustomResourceDefinitionNames 3!storedVersions:[]s 4?observedGeneration:i',
  'apiextensions.v1.CustomResourceDefinitionVersion':
    '1!name:s 2!served:b 3!storage:b 7?deprecated:b 8*deprecationWarning:s 4*schema:.CustomResourceValidation 5*subresources:.CustomResourceSubresources 6?additionalPrinterColumns:[].CustomResourceColumnDefinition 9?selectableFields:[].SelectableField',
  'apiextensions.v1.CustomResourceSubresourceScale':
    '1!specReplicasPath:s 2!statusReplicasPath:s 3*labelSelectorPath:s',
  'apiextensions.v1.CustomResourceSubresourceStatus': '',
  'apiextensions.v1.CustomResourceSubresources':
    '1*status:.CustomResourceSubresourceStatus 2*scale:.CustomResourceSubresourceScale',
  'apiextensions.v1.CustomResourceValidation': '1*openAPIV3Schema:.JSONSchemaProps',
  'apiextensions.v1.ExternalDocumentation': '1?description:s 2?url:s',
  'apiextensions.v1.JSONSchemaProps':
    '1?id:s 2?$schema:s 3*$ref:s 4?description:s 5?type:s 6?format:s 7?title:s 8*default:j 9*maximum:d 10?exclusiveMaximum:b 11*minimum:d 12?exclusiveMinimum:b 13*maxLength:i 14*minLength:i 15?pattern:s 16*maxItems:i 17*minItems:i 18?uniqueItems:b 19*multipleOf:d 20?enum:[]j 21*maxProperties:i 22*minProperties:i 23?required:[]s 24*items:.JSONSchemaPropsOrArray 25?allOf:[].JSONSchemaProps 26?oneOf:[].JSONSchemaProps 27?anyOf:[].JSONSchemaProps 28*not:.JSONSchemaProps 29?properties:{}.JSONSchemaProps 30*additionalProperties:.JSONSchemaPropsOrBool 31?patternProperties:{}.JSONSchemaProps 32?dependencies:{}.JSONSchemaPropsOrStringArray 33*additionalItems:.JSONSchemaPropsOrBool 34?definitions:{}.JSONSchemaProps 35*externalDocs:.ExternalDocumentation 36*example:j 37?nullable:b 38*x-kubernetes-preserve-unknown-fields:b 39?x-kubernetes-embedded-resource:b 40?x-kubernetes-int-or-string:b 41?x-kubernetes-list-map-keys:[]s 42*x-kubernetes-list-type:s 43*x-kubernetes-map-type:s 44?x-kubernetes-validations:[].ValidationRule',
  'apiextensions.v1.JSONSchemaPropsOrArray': '1*schema:.JSONSchemaProps 2!jSONSchemas:[].JSONSchemaProps',
  'apiextensions.v1.JSONSchemaPropsOrBool': '1!allows:b 2*schema:.JSONSchemaProps',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': '1*schema:.JSONSchemaProps 2!property:[]s',
  'apiextensions.v1.SelectableField': '1!jsonPath:s',
  'apiextensions.v1.ServiceReference': '1!namespace:s 2!name:s 3*path:s 4*port:i',
  'apiextensions.v1.ValidationRule':
    '1!rule:s 2?message:s 3?messageExpression:s 4*reason:s 5?fieldPath:s 6*optionalOldSelf:b',
  'apiextensions.v1.WebhookClientConfig': '3*url:s 1*service:.ServiceReference 2?caBundle:y',
  'apiextensions.v1.WebhookConversion': '2*clientConfig:.WebhookClientConfig 3!conversionReviewVersions:[]s',
  'apiextensions.v1beta1.ConversionRequest': '1!uid:s 2!desiredAPIVersion:s 3!objects:[]j',
  'apiextensions.v1beta1.ConversionResponse': '1!uid:s 2!convertedObjects:[]j 3!result:meta.v1.Status',
  'apiextensions.v1beta1.ConversionReview': '@ 1*request:.ConversionRequest 2*response:.ConversionResponse',
  'apiextensions.v1beta1.CustomResourceColumnDefinition':
    '1!name:s 2!type:s 3?format:s 4?description:s 5?priority:i 6!JSONPath:s',
  'apiextensions.v1beta1.CustomResourceConversion':
    '1!strategy:s 2*webhookClientConfig:.WebhookClientConfig 3?conversionReviewVersions:[]s',
  'apiextensions.v1beta1.CustomResourceDefinition':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CustomResourceDefinitionSpec 3?status:.CustomResourceDefinitionStatus',
  'apiextensions.v1beta1.CustomResourceDefinitionCondition':
    '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s 6?observedGeneration:i',
  'apiextensions.v1beta1.CustomResourceDefinitionList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].CustomResourceDefinition',
  'apiextensions.v1beta1.CustomResourceDefinitionNames':
    '1!plural:s 2?singular:s 3?shortNames:[]s 4!kind:s 5?listKind:s 6?categories:[]s',
  'apiextensions.v1beta1.CustomResourceDefinitionSpec':
    '1!group:s 2?version:s 3!names:.CustomResourceDefinitionNames 4!scope:s 5*validation:.CustomResourceValidation 6*subresources:.CustomResourceSubresources 7?versions:[].CustomResourceDefinitionVersion 8?additionalPrinterColumns:[].CustomResourceColumnDefinition 11?selectableFields:[].SelectableField 9*conversion:.CustomResourceConversion 10*preserveUnknownFields:b',
  'apiextensions.v1beta1.CustomResourceDefinitionStatus':
    '1!conditions:[].CustomResourceDefinitionCondition 2!acceptedNames:.CustomResourceDefinitionNames 3!storedVersions:[]s 4?observedGeneration:i',
  'apiextensions.v1beta1.CustomResourceDefinitionVersion':
    '1!name:s 2!served:b 3!storage:b 7?deprecated:b 8*deprecationWarning:s 4*schema:.CustomResourceValidation 5*subresources:.CustomResourceSubresources 6?additionalPrinterColumns:[].CustomResourceColumnDefinition 9?selectableFields:[].SelectableField',
  'apiextensions.v1beta1.CustomResourceSubresourceScale':
    '1!specReplicasPath:s 2!statusReplicasPath:s 3*labelSelectorPath:s',
  'apiextensions.v1beta1.CustomResourceSubresourceStatus': '',
  'apiextensions.v1beta1.CustomResourceSubresources':
    '1*status:.CustomResourceSubresourceStatus 2*scale:.CustomResourceSubresourceScale',
  'apiextensions.v1beta1.CustomResourceValidation': '1*openAPIV3Schema:.JSONSchemaProps',
  'apiextensions.v1beta1.ExternalDocumentation': '1?description:s 2?url:s',
  'apiextensions.v1beta1.JSONSchemaProps':
    '1?id:s 2?$schema:s 3*$ref:s 4?description:s 5?type:s 6?format:s 7?title:s 8*default:j 9*maximum:d 10?exclusiveMaximum:b 11*minimum:d 12?exclusiveMinimum:b 13*maxLength:i 14*minLength:i 15?pattern:s 16*maxItems:i 17*minItems:i 18?uniqueItems:b 19*multipleOf:d 20?enum:[]j 21*maxProperties:i 22*minProperties:i 23?required:[]s 24*items:.JSONSchemaPropsOrArray 25?allOf:[].JSONSchemaProps 26?oneOf:[].JSONSchemaProps 27?anyOf:[].JSONSchemaProps 28*not:.JSONSchemaProps 29?properties:{}.JSONSchemaProps 30*additionalProperties:.JSONSchemaPropsOrBool 31?patternProperties:{}.JSONSchemaProps 32?dependencies:{}.JSONSchemaPropsOrStringArray 33*additionalItems:.JSONSchemaPropsOrBool 34?definitions:{}.JSONSchemaProps 35*externalDocs:.ExternalDocumentation 36*example:j 37?nullable:b 38*x-kubernetes-preserve-unknown-fields:b 39?x-kubernetes-embedded-resource:b 40?x-kubernetes-int-or-string:b 41?x-kubernetes-list-map-keys:[]s 42*x-kubernetes-list-type:s 43*x-kubernetes-map-type:s 44?x-kubernetes-validations:[].ValidationRule',
  'apiextensions.v1beta1.JSONSchemaPropsOrArray': '1*schema:.JSONSchemaProps 2!jSONSchemas:[].JSONSchemaProps',
  'apiextensions.v1beta1.JSONSchemaPropsOrBool': '1!allows:b 2*schema:.JSONSchemaProps',
  'apiextensions.v1beta1.JSONSchemaPropsOrStringArray': '1*schema:.JSONSchemaProps 2!property:[]s',
  'apiextensions.v1beta1.SelectableField': '1!jsonPath:s',
  'apiextensions.v1beta1.ServiceReference': '1!namespace:s 2!name:s 3*path:s 4*port:i',
  'apiextensions.v1beta1.ValidationRule':
    '1!rule:s 2?message:s 3?messageExpression:s 4*reason:s 5?fieldPath:s 6*optionalOldSelf:b',
  'apiextensions.v1beta1.WebhookClientConfig': '3*url:s 1*service:.ServiceReference 2?caBundle:y',
  'apiregistration.v1.APIService': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.APIServiceSpec 3?status:.APIServiceStatus',
  'apiregistration.v1.APIServiceCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apiregistration.v1.APIServiceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].APIService',
  'apiregistration.v1.APIServiceSpec':
    '1*service:.ServiceReference 2?group:s 3?version:s 4?insecureSkipTLSVerify:b 5?caBundle:y 7!groupPriorityMinimum:i 8!versionPriority:i',
  'apiregistration.v1.APIServiceStatus': '1?conditions:[].APIServiceCondition',
  'apiregistration.v1.ServiceReference': '1?namespace:s 2?name:s 3*port:i',
  'apiregistration.v1beta1.APIService':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.APIServiceSpec 3?status:.APIServiceStatus',
  'apiregistration.v1beta1.APIServiceCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apiregistration.v1beta1.APIServiceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].APIService',
  'apiregistration.v1beta1.APIServiceSpec':
    '1*service:.ServiceReference 2?group:s 3?version:s 4?insecureSkipTLSVerify:b 5?caBundle:y 7!groupPriorityMinimum:i 8!versionPriority:i',
  'apiregistration.v1beta1.APIServiceStatus': '1?conditions:[].APIServiceCondition',
  'apiregistration.v1beta1.ServiceReference': '1?namespace:s 2?name:s 3*port:i',
  'apiserverinternal.v1alpha1.ServerStorageVersion':
    '1?apiServerID:s 2?encodingVersion:s 3?decodableVersions:[]s 4?servedVersions:[]s',
  'apiserverinternal.v1alpha1.StorageVersion':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.StorageVersionSpec 3!status:.StorageVersionStatus',
  'apiserverinternal.v1alpha1.StorageVersionCondition':
    '1!type:s 2!status:s 3?observedGeneration:i 4?lastTransitionTime:t 5!reason:s 6?message:s',
  'apiserverinternal.v1alpha1.StorageVersionList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].StorageVersion',
  'apiserverinternal.v1alpha1.StorageVersionSpec': '',
  'apiserverinternal.v1alpha1.StorageVersionStatus':
    '1?storageVersions:[].ServerStorageVersion 2*commonEncodingVersion:s 3?conditions:[].StorageVersionCondition',
  'apps.v1.ControllerRevision': '@ 1?metadata:meta.v1.ObjectMeta 2?data:j 3!revision:i',
  'apps.v1.ControllerRevisionList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ControllerRevision',
  'apps.v1.DaemonSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DaemonSetSpec 3?status:.DaemonSetStatus',
  'apps.v1.DaemonSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1.DaemonSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DaemonSet',
  'apps.v1.DaemonSetSpec':
    '1*selector:meta.v1.LabelSelector 2!template:core.v1.PodTemplateSpec 3?updateStrategy:.DaemonSetUpdateStrategy 4?minReadySeconds:i 6*revisionHistoryLimit:i',
  'apps.v1.DaemonSetStatus':
    '1!currentNumberScheduled:i 2!numberMisscheduled:i 3!desiredNumberScheduled:i 4!numberReady:i 5?observedGeneration:i 6?updatedNumberScheduled:i 7?numberAvailable:i 8?numberUnavailable:i 9*collisionCount:i 10?conditions:[].DaemonSetCondition',
  'apps.v1.DaemonSetUpdateStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDaemonSet',
  'apps.v1.Deployment': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DeploymentSpec 3?status:.DeploymentStatus',
  'apps.v1.DeploymentCondition': '1!type:s 2!status:s 6?lastUpdateTime:t 7?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1.DeploymentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Deployment',
  'apps.v1.DeploymentSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?strategy:.DeploymentStrategy 5?minReadySeconds:i 6*revisionHistoryLimit:i 7?paused:b 9*progressDeadlineSeconds:i',
  'apps.v1.DeploymentStatus':
    '1?observedGeneration:i 2?replicas:i 3?updatedReplicas:i 7?readyReplicas:i 4?availableReplicas:i 5?unavailableReplicas:i 9*terminatingReplicas:i 6?conditions:[].DeploymentCondition 8*collisionCount:i',
  'apps.v1.DeploymentStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDeployment',
  'apps.v1.ReplicaSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ReplicaSetSpec 3?status:.ReplicaSetStatus',
  'apps.v1.ReplicaSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1.ReplicaSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ReplicaSet',
  'apps.v1.ReplicaSetSpec':
    '1*replicas:i 4?minReadySeconds:i 2*selector:meta.v1.LabelSelector 3?template:core.v1.PodTemplateSpec',
  'apps.v1.ReplicaSetStatus':
    '1!replicas:i 2?fullyLabeledReplicas:i 4?readyReplicas:i 5?availableReplicas:i 7*terminatingReplicas:i 3?observedGeneration:i 6?conditions:[].ReplicaSetCondition',
  'apps.v1.RollingUpdateDaemonSet': '1*maxUnavailable:x 2*maxSurge:x',
  'apps.v1.RollingUpdateDeployment': '1*maxUnavailable:x 2*maxSurge:x',
  'apps.v1.RollingUpdateStatefulSetStrategy': '1*partition:i 2*maxUnavailable:x',
  'apps.v1.StatefulSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.StatefulSetSpec 3?status:.StatefulSetStatus',
  'apps.v1.StatefulSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1.StatefulSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].StatefulSet',
  'apps.v1.StatefulSetOrdinals': '1!start:i',
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': '1?whenDeleted:s 2?whenScaled:s',
  'apps.v1.StatefulSetSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?volumeClaimTemplates:[]core.v1.PersistentVolumeClaim 5!serviceName:s 6?podManagementPolicy:s 7?updateStrategy:.StatefulSetUpdateStrategy 8*revisionHistoryLimit:i 9?minReadySeconds:i 10*persistentVolumeClaimRetentionPolicy:.StatefulSetPersistentVolumeClaimRetentionPolicy 11*ordinals:.StatefulSetOrdinals',
  'apps.v1.StatefulSetStatus':
    '1?observedGeneration:i 2!replicas:i 3?readyReplicas:i 4?currentReplicas:i 5?updatedReplicas:i 6?currentRevision:s 7?updateRevision:s 9*collisionCount:i 10?conditions:[].StatefulSetCondition 11!availableReplicas:i',
  'apps.v1.StatefulSetUpdateStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateStatefulSetStrategy',
  'apps.v1beta1.ControllerRevision': '@ 1?metadata:meta.v1.ObjectMeta 2?data:j 3!revision:i',
  'apps.v1beta1.ControllerRevisionList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ControllerRevision',
  'apps.v1beta1.Deployment': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DeploymentSpec 3?status:.DeploymentStatus',
  'apps.v1beta1.DeploymentCondition':
    '1!type:s 2!status:s 6?lastUpdateTime:t 7?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1beta1.DeploymentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Deployment',
  'apps.v1beta1.DeploymentRollback': '@ 1!name:s 2?updatedAnnotations:{}s 3!rollbackTo:.RollbackConfig',
  'apps.v1beta1.DeploymentSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?strategy:.DeploymentStrategy 5?minReadySeconds:i 6*revisionHistoryLimit:i 7?paused:b 8*rollbackTo:.RollbackConfig 9*progressDeadlineSeconds:i',
  'apps.v1beta1.DeploymentStatus':
    '1?observedGeneration:i 2?replicas:i 3?updatedReplicas:i 7?readyReplicas:i 4?availableReplicas:i 5?unavailableReplicas:i 9*terminatingReplicas:i 6?conditions:[].DeploymentCondition 8*collisionCount:i',
  'apps.v1beta1.DeploymentStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDeployment',
  'apps.v1beta1.RollbackConfig': '1?revision:i',
  'apps.v1beta1.RollingUpdateDeployment': '1*maxUnavailable:x 2*maxSurge:x',
  'apps.v1beta1.RollingUpdateStatefulSetStrategy': '1*partition:i 2*maxUnavailable:x',
  'apps.v1beta1.Scale': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ScaleSpec 3?status:.ScaleStatus',
  'apps.v1beta1.ScaleSpec': '1?replicas:i',
  'apps.v1beta1.ScaleStatus': '1!replicas:i 2?selector:{}s 3?targetSelector:s',
  'apps.v1beta1.StatefulSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.StatefulSetSpec 3?status:.StatefulSetStatus',
  'apps.v1beta1.StatefulSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1beta1.StatefulSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].StatefulSet',
  'apps.v1beta1.StatefulSetOrdinals': '1!start:i',
  'apps.v1beta1.StatefulSetPersistentVolumeClaimRetentionPolicy': '1?whenDeleted:s 2?whenScaled:s',
  'apps.v1beta1.StatefulSetSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?volumeClaimTemplates:[]core.v1.PersistentVolumeClaim 5!serviceName:s 6?podManagementPolicy:s 7?updateStrategy:.StatefulSetUpdateStrategy 8*revisionHistoryLimit:i 9?minReadySeconds:i 10*persistentVolumeClaimRetentionPolicy:.StatefulSetPersistentVolumeClaimRetentionPolicy 11*ordinals:.StatefulSetOrdinals',
  'apps.v1beta1.StatefulSetStatus':
    '1*observedGeneration:i 2!replicas:i 3?readyReplicas:i 4?currentReplicas:i 5?updatedReplicas:i 6?currentRevision:s 7?updateRevision:s 9*collisionCount:i 10?conditions:[].StatefulSetCondition 11!availableReplicas:i',
  'apps.v1beta1.StatefulSetUpdateStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateStatefulSetStrategy',
  'apps.v1beta2.ControllerRevision': '@ 1?metadata:meta.v1.ObjectMeta 2?data:j 3!revision:i',
  'apps.v1beta2.ControllerRevisionList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ControllerRevision',
  'apps.v1beta2.DaemonSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DaemonSetSpec 3?status:.DaemonSetStatus',
  'apps.v1beta2.DaemonSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1beta2.DaemonSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DaemonSet',
  'apps.v1beta2.DaemonSetSpec':
    '1*selector:meta.v1.LabelSelector 2!template:core.v1.PodTemplateSpec 3?updateStrategy:.DaemonSetUpdateStrategy 4?minReadySeconds:i 6*revisionHistoryLimit:i',
  'apps.v1beta2.DaemonSetStatus':
    '1!currentNumberScheduled:i 2!numberMisscheduled:i 3!desiredNumberScheduled:i 4!numberReady:i 5?observedGeneration:i 6?updatedNumberScheduled:i 7?numberAvailable:i 8?numberUnavailable:i 9*collisionCount:i 10?conditions:[].DaemonSetCondition',
  'apps.v1beta2.DaemonSetUpdateStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDaemonSet',
  'apps.v1beta2.Deployment': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DeploymentSpec 3?status:.DeploymentStatus',
  'apps.v1beta2.DeploymentCondition':
    '1!type:s 2!status:s 6?lastUpdateTime:t 7?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1beta2.DeploymentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Deployment',
  'apps.v1beta2.DeploymentSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?strategy:.DeploymentStrategy 5?minReadySeconds:i 6*revisionHistoryLimit:i 7?paused:b 9*progressDeadlineSeconds:i',
  'apps.v1beta2.DeploymentStatus':
    '1?observedGeneration:i 2?replicas:i 3?updatedReplicas:i 7?readyReplicas:i 4?availableReplicas:i 5?unavailableReplicas:i 9*terminatingReplicas:i 6?conditions:[].DeploymentCondition 8*collisionCount:i',
  'apps.v1beta2.DeploymentStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDeployment',
  'apps.v1beta2.ReplicaSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ReplicaSetSpec 3?status:.ReplicaSetStatus',
  'apps.v1beta2.ReplicaSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1beta2.ReplicaSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ReplicaSet',
  'apps.v1beta2.ReplicaSetSpec':
    '1*replicas:i 4?minReadySeconds:i 2*selector:meta.v1.LabelSelector 3?template:core.v1.PodTemplateSpec',
  'apps.v1beta2.ReplicaSetStatus':
    '1!replicas:i 2?fullyLabeledReplicas:i 4?readyReplicas:i 5?availableReplicas:i 7*terminatingReplicas:i 3?observedGeneration:i 6?conditions:[].ReplicaSetCondition',
  'apps.v1beta2.RollingUpdateDaemonSet': '1*maxUnavailable:x 2*maxSurge:x',
  'apps.v1beta2.RollingUpdateDeployment': '1*maxUnavailable:x 2*maxSurge:x',
  'apps.v1beta2.RollingUpdateStatefulSetStrategy': '1*partition:i 2*maxUnavailable:x',
  'apps.v1beta2.Scale': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ScaleSpec 3?status:.ScaleStatus',
  'apps.v1beta2.ScaleSpec': '1?replicas:i',
  'apps.v1beta2.ScaleStatus': '1!replicas:i 2?selector:{}s 3?targetSelector:s',
  'apps.v1beta2.StatefulSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.StatefulSetSpec 3?status:.StatefulSetStatus',
  'apps.v1beta2.StatefulSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'apps.v1beta2.StatefulSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].StatefulSet',
  'apps.v1beta2.StatefulSetOrdinals': '1!start:i',
  'apps.v1beta2.StatefulSetPersistentVolumeClaimRetentionPolicy': '1?whenDeleted:s 2?whenScaled:s',
  'apps.v1beta2.StatefulSetSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?volumeClaimTemplates:[]core.v1.PersistentVolumeClaim 5!serviceName:s 6?podManagementPolicy:s 7?updateStrategy:.StatefulSetUpdateStrategy 8*revisionHistoryLimit:i 9?minReadySeconds:i 10*persistentVolumeClaimRetentionPolicy:.StatefulSetPersistentVolumeClaimRetentionPolicy 11*ordinals:.StatefulSetOrdinals',
  'apps.v1beta2.StatefulSetStatus':
    '1?observedGeneration:i 2!replicas:i 3?readyReplicas:i 4?currentReplicas:i 5?updatedReplicas:i 6?currentRevision:s 7?updateRevision:s 9*collisionCount:i 10?conditions:[].StatefulSetCondition 11!availableReplicas:i',
  'apps.v1beta2.StatefulSetUpdateStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateStatefulSetStrategy',
  'authentication.v1.BoundObjectReference': '1?kind:s 2?apiVersion:s 3?name:s 4?uid:s',
  'authentication.v1.ExtraValue': '=[]s',
  'authentication.v1.SelfSubjectReview': '@ 1?metadata:meta.v1.ObjectMeta 2?status:.SelfSubjectReviewStatus',
  'authentication.v1.SelfSubjectReviewStatus': '1?userInfo:.UserInfo',
  'authentication.v1.TokenRequest':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.TokenRequestSpec 3?status:.TokenRequestStatus',
  'authentication.v1.TokenRequestSpec': '1!audiences:[]s 4*expirationSeconds:i 3*boundObjectRef:.BoundObjectReference',
  'authentication.v1.TokenRequestStatus': '1!token:s 2!expirationTimestamp:t',
  'authentication.v1.TokenReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.TokenReviewSpec 3?status:.TokenReviewStatus',
  'authentication.v1.TokenReviewSpec': '1?token:s 2?audiences:[]s',
  'authentication.v1.TokenReviewStatus': '1?authenticated:b 2?user:.UserInfo 4?audiences:[]s 3?error:s',
  'authentication.v1.UserInfo': '1?username:s 2?uid:s 3?groups:[]s 4?extra:{}.ExtraValue',
  'authentication.v1alpha1.SelfSubjectReview': '@ 1?metadata:meta.v1.ObjectMeta 2?status:.SelfSubjectReviewStatus',
  'authentication.v1alpha1.SelfSubjectReviewStatus': '1?userInfo:authentication.v1.UserInfo',
  'authentication.v1beta1.ExtraValue': '=[]s',
  'authentication.v1beta1.SelfSubjectReview': '@ 1?metadata:meta.v1.ObjectMeta 2?status:.SelfSubjectReviewStatus',
  'authentication.v1beta1.SelfSubjectReviewStatus': '1?userInfo:authentication.v1.UserInfo',
  'authentication.v1beta1.TokenReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.TokenReviewSpec 3?status:.TokenReviewStatus',
  'authentication.v1beta1.TokenReviewSpec': '1?token:s 2?audiences:[]s',
  'authentication.v1beta1.TokenReviewStatus': '1?authenticated:b 2?user:.UserInfo 4?audiences:[]s 3?error:s',
  'authentication.v1beta1.UserInfo': '1?username:s 2?uid:s 3?groups:[]s 4?extra:{}.ExtraValue',
  'authorization.v1.ExtraValue': '=[]s',
  'authorization.v1.FieldSelectorAttributes': '1?rawSelector:s 2?requirements:[]meta.v1.FieldSelectorRequirement',
  'authorization.v1.LabelSelectorAttributes': '1?rawSelector:s 2?requirements:[]meta.v1.LabelSelectorRequirement',
  'authorization.v1.LocalSubjectAccessReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SubjectAccessReviewSpec 3?status:.SubjectAccessReviewStatus',
  'authorization.v1.NonResourceAttributes': '1?path:s 2?verb:s',
  'authorization.v1.NonResourceRule': '1!verbs:[]s 2?nonResourceURLs:[]s',
  'authorization.v1.ResourceAttributes':
    '1?namespace:s 2?verb:s 3?group:s 4?version:s 5?resource:s 6?subresource:s 7?name:s 8*fieldSelector:.FieldSelectorAttributes 9*labelSelector:.LabelSelectorAttributes',
  'authorization.v1.ResourceRule': '1!verbs:[]s 2?apiGroups:[]s 3?resources:[]s 4?resourceNames:[]s',
  'authorization.v1.SelfSubjectAccessReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SelfSubjectAccessReviewSpec 3?status:.SubjectAccessReviewStatus',
  'authorization.v1.SelfSubjectAccessReviewSpec':
    '1*resourceAttributes:.ResourceAttributes 2*nonResourceAttributes:.NonResourceAttributes',
  'authorization.v1.SelfSubjectRulesReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SelfSubjectRulesReviewSpec 3?status:.SubjectRulesReviewStatus',
  'authorization.v1.SelfSubjectRulesReviewSpec': '1?namespace:s',
  'authorization.v1.SubjectAccessReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SubjectAccessReviewSpec 3?status:.SubjectAccessReviewStatus',
  'authorization.v1.SubjectAccessReviewSpec':
    '1*resourceAttributes:.ResourceAttributes 2*nonResourceAttributes:.NonResourceAttributes 3?user:s 4?groups:[]s 5?extra:{}.ExtraValue 6?uid:s',
  'authorization.v1.SubjectAccessReviewStatus': '1!allowed:b 4?denied:b 2?reason:s 3?evaluationError:s',
  'authorization.v1.SubjectRulesReviewStatus':
    '1!resourceRules:[].ResourceRule 2!nonResourceRules:[].NonResourceRule 3!incomplete:b 4?evaluationError:s',
  'authorization.v1beta1.ExtraValue': '=[]s',
  'authorization.v1beta1.LocalSubjectAccessReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SubjectAccessReviewSpec 3?status:.SubjectAccessReviewStatus',
  'authorization.v1beta1.NonResourceAttributes': '1?path:s 2?verb:s',
  'authorization.v1beta1.NonResourceRule': '1!verbs:[]s 2?nonResourceURLs:[]s',
  'authorization.v1beta1.ResourceAttributes':
    '1?namespace:s 2?verb:s 3?group:s 4?version:s 5?resource:s 6?subresource:s 7?name:s 8*fieldSelector:authorization.v1.FieldSelectorAttributes 9*labelSelector:authorization.v1.LabelSelectorAttributes',
  'authorization.v1beta1.ResourceRule': '1!verbs:[]s 2?apiGroups:[]s 3?resources:[]s 4?resourceNames:[]s',
  'authorization.v1beta1.SelfSubjectAccessReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SelfSubjectAccessReviewSpec 3?status:.SubjectAccessReviewStatus',
  'authorization.v1beta1.SelfSubjectAccessReviewSpec':
    '1*resourceAttributes:.ResourceAttributes 2*nonResourceAttributes:.NonResourceAttributes',
  'authorization.v1beta1.SelfSubjectRulesReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SelfSubjectRulesReviewSpec 3?status:.SubjectRulesReviewStatus',
  'authorization.v1beta1.SelfSubjectRulesReviewSpec': '1?namespace:s',
  'authorization.v1beta1.SubjectAccessReview':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.SubjectAccessReviewSpec 3?status:.SubjectAccessReviewStatus',
  'authorization.v1beta1.SubjectAccessReviewSpec':
    '1*resourceAttributes:.ResourceAttributes 2*nonResourceAttributes:.NonResourceAttributes 3?user:s 4?group:[]s 5?extra:{}.ExtraValue 6?uid:s',
  'authorization.v1beta1.SubjectAccessReviewStatus': '1!allowed:b 4?denied:b 2?reason:s 3?evaluationError:s',
  'authorization.v1beta1.SubjectRulesReviewStatus':
    '1!resourceRules:[].ResourceRule 2!nonResourceRules:[].NonResourceRule 3!incomplete:b 4?evaluationError:s',
  'autoscaling.v1.ContainerResourceMetricSource':
    '1!name:s 2*targetAverageUtilization:i 3*targetAverageValue:q 5!container:s',
  'autoscaling.v1.ContainerResourceMetricStatus':
    '1!name:s 2*currentAverageUtilization:i 3!currentAverageValue:q 4!container:s',
  'autoscaling.v1.CrossVersionObjectReference': '1!kind:s 2!name:s 3?apiVersion:s',
  'autoscaling.v1.ExternalMetricSource':
    '1!metricName:s 2*metricSelector:meta.v1.LabelSelector 3*targetValue:q 4*targetAverageValue:q',
  'autoscaling.v1.ExternalMetricStatus':
    '1!metricName:s 2*metricSelector:meta.v1.LabelSelector 3!currentValue:q 4*currentAverageValue:q',
  'autoscaling.v1.HorizontalPodAutoscaler':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.HorizontalPodAutoscalerSpec 3?status:.HorizontalPodAutoscalerStatus',
  'autoscaling.v1.HorizontalPodAutoscalerCondition':
    '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'autoscaling.v1.HorizontalPodAutoscalerList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].HorizontalPodAutoscaler',
  'autoscaling.v1.HorizontalPodAutoscalerSpec':
    '1!scaleTargetRef:.CrossVersionObjectReference 2*minReplicas:i 3!maxReplicas:i 4*targetCPUUtilizationPercentage:i',
  'autoscaling.v1.HorizontalPodAutoscalerStatus':
    '1*observedGeneration:i 2*lastScaleTime:t 3!currentReplicas:i 4!desiredReplicas:i 5*currentCPUUtilizationPercentage:i',
  'autoscaling.v1.MetricSpec':
    '1!type:s 2*object:.ObjectMetricSource 3*pods:.PodsMetricSource 4*resource:.ResourceMetricSource 7*containerResource:.ContainerResourceMetricSource 5*external:.ExternalMetricSource',
  'autoscaling.v1.MetricStatus':
    '1!type:s 2*object:.ObjectMetricStatus 3*pods:.PodsMetricStatus 4*resource:.ResourceMetricStatus 7*containerResource:.ContainerResourceMetricStatus 5*external:.ExternalMetricStatus',
  'autoscaling.v1.ObjectMetricSource':
    '1!target:.CrossVersionObjectReference 2!metricName:s 3!targetValue:q 4*selector:meta.v1.LabelSelector 5*averageValue:q',
  'autoscaling.v1.ObjectMetricStatus':
    '1!target:.CrossVersionObjectReference 2!metricName:s 3!currentValue:q 4*selector:meta.v1.LabelSelector 5*averageValue:q',
  'autoscaling.v1.PodsMetricSource': '1!metricName:s 2!targetAverageValue:q 3*selector:meta.v1.LabelSelector',
  'autoscaling.v1.PodsMetricStatus': '1!metricName:s 2!currentAverageValue:q 3*selector:meta.v1.LabelSelector',
  'autoscaling.v1.ResourceMetricSource': '1!name:s 2*targetAverageUtilization:i 3*targetAverageValue:q',
  'autoscaling.v1.ResourceMetricStatus': '1!name:s 2*currentAverageUtilization:i 3!currentAverageValue:q',
  'autoscaling.v1.Scale': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ScaleSpec 3?status:.ScaleStatus',
  'autoscaling.v1.ScaleSpec': '1?replicas:i',
  'autoscaling.v1.ScaleStatus': '1!replicas:i 2?selector:s',
  'autoscaling.v2.ContainerResourceMetricSource': '1!name:s 2!target:.MetricTarget 3!container:s',
  'autoscaling.v2.ContainerResourceMetricStatus': '1!name:s 2!current:.MetricValueStatus 3!container:s',
  'autoscaling.v2.CrossVersionObjectReference': '1!kind:s 2!name:s 3?apiVersion:s',
  'autoscaling.v2.ExternalMetricSource': '1!metric:.MetricIdentifier 2!target:.MetricTarget',
  'autoscaling.v2.ExternalMetricStatus': '1!metric:.MetricIdentifier 2!current:.MetricValueStatus',
  'autoscaling.v2.HPAScalingPolicy': '1!type:s 2!value:i 3!periodSeconds:i',
  'autoscaling.v2.HPAScalingRules':
    '3*stabilizationWindowSeconds:i 1*selectPolicy:s 2?policies:[].HPAScalingPolicy 4*tolerance:q',
  'autoscaling.v2.HorizontalPodAutoscaler':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.HorizontalPodAutoscalerSpec 3?status:.HorizontalPodAutoscalerStatus',
  'autoscaling.v2.HorizontalPodAutoscalerBehavior': '1*scaleUp:.HPAScalingRules 2*scaleDown:.HPAScalingRules',
  'autoscaling.v2.HorizontalPodAutoscalerCondition':
    '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'autoscaling.v2.HorizontalPodAutoscalerList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].HorizontalPodAutoscaler',
  'autoscaling.v2.HorizontalPodAutoscalerSpec':
    '1!scaleTargetRef:.CrossVersionObjectReference 2*minReplicas:i 3!maxReplicas:i 4?metrics:[].MetricSpec 5*behavior:.HorizontalPodAutoscalerBehavior',
  'autoscaling.v2.HorizontalPodAutoscalerStatus':
    '1*observedGeneration:i 2*lastScaleTime:t 3?currentReplicas:i 4!desiredReplicas:i 5!currentMetrics:[].MetricStatus 6?conditions:[].HorizontalPodAutoscalerCondition',
  'autoscaling.v2.MetricIdentifier': '1!name:s 2*selector:meta.v1.LabelSelector',
  'autoscaling.v2.MetricSpec':
    '1!type:s 2*object:.ObjectMetricSource 3*pods:.PodsMetricSource 4*resource:.ResourceMetricSource 7*containerResource:.ContainerResourceMetricSource 5*external:.ExternalMetricSource',
  'autoscaling.v2.MetricStatus':
    '1!type:s 2*object:.ObjectMetricStatus 3*pods:.PodsMetricStatus 4*resource:.ResourceMetricStatus 7*containerResource:.ContainerResourceMetricStatus 5*external:.ExternalMetricStatus',
  'autoscaling.v2.MetricTarget': '1!type:s 2*value:q 3*averageValue:q 4*averageUtilization:i',
  'autoscaling.v2.MetricValueStatus': '1*value:q 2*averageValue:q 3*averageUtilization:i',
  'autoscaling.v2.ObjectMetricSource':
    '1!describedObject:.CrossVersionObjectReference 2!target:.MetricTarget 3!metric:.MetricIdentifier',
  'autoscaling.v2.ObjectMetricStatus':
    '1!metric:.MetricIdentifier 2!current:.MetricValueStatus 3!describedObject:.CrossVersionObjectReference',
  'autoscaling.v2.PodsMetricSource': '1!metric:.MetricIdentifier 2!target:.MetricTarget',
  'autoscaling.v2.PodsMetricStatus': '1!metric:.MetricIdentifier 2!current:.MetricValueStatus',
  'autoscaling.v2.ResourceMetricSource': '1!name:s 2!target:.MetricTarget',
  'autoscaling.v2.ResourceMetricStatus': '1!name:s 2!current:.MetricValueStatus',
  'batch.v1.CronJob': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.CronJobSpec 3?status:.CronJobStatus',
  'batch.v1.CronJobList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CronJob',
  'batch.v1.CronJobSpec':
    '1!schedule:s 8*timeZone:s 2*startingDeadlineSeconds:i 3?concurrencyPolicy:s 4*suspend:b 5!jobTemplate:.JobTemplateSpec 6*successfulJobsHistoryLimit:i 7*failedJobsHistoryLimit:i',
  'batch.v1.CronJobStatus': '1?active:[]core.v1.ObjectReference 4*lastScheduleTime:t 5*lastSuccessfulTime:t',
  'batch.v1.Job': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.JobSpec 3?status:.JobStatus',
  'batch.v1.JobCondition': '1!type:s 2!status:s 3?lastProbeTime:t 4?lastTransitionTime:t 5?reason:s 6?message:s',
  'batch.v1.JobList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Job',
  'batch.v1.JobSpec':
    '1*parallelism:i 2*completions:i 3*activeDeadlineSeconds:i 11*podFailurePolicy:.PodFailurePolicy 16*successPolicy:.SuccessPolicy 7*backoffLimit:i 12*backoffLimitPerIndex:i 13*maxFailedIndexes:i 4*selector:meta.v1.LabelSelector 5*manualSelector:b 6!template:core.v1.PodTemplateSpec 8*ttlSecondsAfterFinished:i 9*completionMode:s 10*suspend:b 14*podReplacementPolicy:s 15*managedBy:s',
  'batch.v1.JobStatus':
    '1?conditions:[].JobCondition 2*startTime:t 3*completionTime:t 4?active:i 5?succeeded:i 6?failed:i 11*terminating:i 7?completedIndexes:s 10*failedIndexes:s 8*uncountedTerminatedPods:.UncountedTerminatedPods 9*ready:i',
  'batch.v1.JobTemplateSpec': '1?metadata:meta.v1.ObjectMeta 2?spec:.JobSpec',
  'batch.v1.PodFailurePolicy': '1!rules:[].PodFailurePolicyRule',
  'batch.v1.PodFailurePolicyOnExitCodesRequirement': '1*containerName:s 2!operator:s 3!values:[]i',
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': '1!type:s 2!status:s',
  'batch.v1.PodFailurePolicyRule':
    '1!action:s 2*onExitCodes:.PodFailurePolicyOnExitCodesRequirement 3?onPodConditions:[].PodFailurePolicyOnPodConditionsPattern',
  'batch.v1.SuccessPolicy': '1!rules:[].SuccessPolicyRule',
  'batch.v1.SuccessPolicyRule': '1*succeededIndexes:s 2*succeededCount:i',
  'batch.v1.UncountedTerminatedPods': '1?succeeded:[]s 2?failed:[]s',
  'batch.v1beta1.CronJob': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.CronJobSpec 3?status:.CronJobStatus',
  'batch.v1beta1.CronJobList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CronJob',
  'batch.v1beta1.CronJobSpec':
    '1!schedule:s 8*timeZone:s 2*startingDeadlineSeconds:i 3?concurrencyPolicy:s 4*suspend:b 5!jobTemplate:.JobTemplateSpec 6*successfulJobsHistoryLimit:i 7*failedJobsHistoryLimit:i',
  'batch.v1beta1.CronJobStatus': '1?active:[]core.v1.ObjectReference 4*lastScheduleTime:t 5*lastSuccessfulTime:t',
  'batch.v1beta1.JobTemplateSpec': '1?metadata:meta.v1.ObjectMeta 2?spec:batch.v1.JobSpec',
  'certificates.v1.CertificateSigningRequest':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CertificateSigningRequestSpec 3?status:.CertificateSigningRequestStatus',
  'certificates.v1.CertificateSigningRequestCondition':
    '1!type:s 6!status:s 2?reason:s 3?message:s 4?lastUpdateTime:t 5?lastTransitionTime:t',
  'certificates.v1.CertificateSigningRequestList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CertificateSigningRequest',
  'certificates.v1.CertificateSigningRequestSpec':
    '1!request:y 7!signerName:s 8*expirationSeconds:i 5?usages:[]s 2?username:s 3?uid:s 4?groups:[]s 6?extra:{}.ExtraValue',
  'certificates.v1.CertificateSigningRequestStatus':
    '1?conditions:[].CertificateSigningRequestCondition 2?certificate:y',
  'certificates.v1.ExtraValue': '=[]s',
  'certificates.v1alpha1.ClusterTrustBundle': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ClusterTrustBundleSpec',
  'certificates.v1alpha1.ClusterTrustBundleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterTrustBundle',
  'certificates.v1alpha1.ClusterTrustBundleSpec': '1?signerName:s 2!trustBundle:s',
  'certificates.v1beta1.CertificateSigningRequest':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CertificateSigningRequestSpec 3?status:.CertificateSigningRequestStatus',
  'certificates.v1beta1.CertificateSigningRequestCondition':
    '1!type:s 6!status:s 2?reason:s 3?message:s 4?lastUpdateTime:t 5?lastTransitionTime:t',
  'certificates.v1beta1.CertificateSigningRequestList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].CertificateSigningRequest',
  'certificates.v1beta1.CertificateSigningRequestSpec':
    '1!request:y 7*signerName:s 8*expirationSeconds:i 5?usages:[]s 2?username:s 3?uid:s 4?groups:[]s 6?extra:{}.ExtraValue',
  'certificates.v1beta1.CertificateSigningRequestStatus':
    '1?conditions:[].CertificateSigningRequestCondition 2?certificate:y',
  'certificates.v1beta1.ClusterTrustBundle': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ClusterTrustBundleSpec',
  'certificates.v1beta1.ClusterTrustBundleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterTrustBundle',
  'certificates.v1beta1.ClusterTrustBundleSpec': '1?signerName:s 2!trustBundle:s',
  'certificates.v1beta1.ExtraValue': '=[]s',
  'certificates.v1beta1.PodCertificateRequest':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.PodCertificateRequestSpec 3?status:.PodCertificateRequestStatus',
  'certificates.v1beta1.PodCertificateRequestList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PodCertificateRequest',
  'certificates.v1beta1.PodCertificateRequestSpec':
    '1!signerName:s 2!podName:s 3!podUID:s 4!serviceAccountName:s 5!serviceAccountUID:s 6!nodeName:s 7!nodeUID:s 8*maxExpirationSeconds:i 9!pkixPublicKey:y 10!proofOfPossession:y 12!stubPKCS10Request:y 11?unverifiedUserAnnotations:{}s',
  'certificates.v1beta1.PodCertificateRequestStatus':
    '1?conditions:[]meta.v1.Condition 2?certificateChain:s 4*notBefore:t 5*beginRefreshAt:t 6*notAfter:t',
  'coordination.v1.Lease': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.LeaseSpec',
  'coordination.v1.LeaseList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Lease',
  'coordination.v1.LeaseSpec':
    '1*holderIdentity:s 2*leaseDurationSeconds:i 3*acquireTime:m 4*renewTime:m 5*leaseTransitions:i 6*strategy:s 7*preferredHolder:s',
  'coordination.v1alpha2.LeaseCandidate': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.LeaseCandidateSpec',
  'coordination.v1alpha2.LeaseCandidateList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].LeaseCandidate',
  'coordination.v1alpha2.LeaseCandidateSpec':
    '1!leaseName:s 2*pingTime:m 3*renewTime:m 4!binaryVersion:s 5?emulationVersion:s 6?strategy:s',
  'coordination.v1beta1.Lease': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.LeaseSpec',
  'coordination.v1beta1.LeaseCandidate': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.LeaseCandidateSpec',
  'coordination.v1beta1.LeaseCandidateList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].LeaseCandidate',
  'coordination.v1beta1.LeaseCandidateSpec':
    '1!leaseName:s 2*pingTime:m 3*renewTime:m 4!binaryVersion:s 5?emulationVersion:s 6?strategy:s',
  'coordination.v1beta1.LeaseList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Lease',
  'coordination.v1beta1.LeaseSpec':
    '1*holderIdentity:s 2*leaseDurationSeconds:i 3*acquireTime:m 4*renewTime:m 5*leaseTransitions:i 6*strategy:s 7*preferredHolder:s',
  'core.v1.AWSElasticBlockStoreVolumeSource': '1!volumeID:s 2?fsType:s 3?partition:i 4?readOnly:b',
  'core.v1.Affinity': '1*nodeAffinity:.NodeAffinity 2*podAffinity:.PodAffinity 3*podAntiAffinity:.PodAntiAffinity',
  'core.v1.AppArmorProfile': '1!type:s 2*localhostProfile:s',
  'core.v1.AttachedVolume': '1!name:s 2!devicePath:s',
  'core.v1.AvoidPods': '1?preferAvoidPods:[].PreferAvoidPodsEntry',
  'core.v1.AzureDiskVolumeSource': '1!diskName:s 2!diskURI:s 3*cachingMode:s 4*fsType:s 5*readOnly:b 6*kind:s',
  'core.v1.AzureFilePersistentVolumeSource': '1!secretName:s 2!shareName:s 3?readOnly:b 4*secretNamespace:s',
  'core.v1.AzureFileVolumeSource': '1!secretName:s 2!shareName:s 3?readOnly:b',
  'core.v1.Binding': '@ 1?metadata:meta.v1.ObjectMeta 2!target:.ObjectReference',
  'core.v1.CSIPersistentVolumeSource':
    '1!driver:s 2!volumeHandle:s 3?readOnly:b 4?fsType:s 5?volumeAttributes:{}s 6*controllerPublishSecretRef:.SecretReference 7*nodeStageSecretRef:.SecretReference 8*nodePublishSecretRef:.SecretReference 9*controllerExpandSecretRef:.SecretReference 10*nodeExpandSecretRef:.SecretReference',
  'core.v1.CSIVolumeSource':
    '1!driver:s 2*readOnly:b 3*fsType:s 4?volumeAttributes:{}s 5*nodePublishSecretRef:.LocalObjectReference',
  'core.v1.Capabilities': '1?add:[]s 2?drop:[]s',
  'core.v1.CephFSPersistentVolumeSource':
    '1!monitors:[]s 2?path:s 3?user:s 4?secretFile:s 5*secretRef:.SecretReference 6?readOnly:b',
  'core.v1.CephFSVolumeSource':
    '1!monitors:[]s 2?path:s 3?user:s 4?secretFile:s 5*secretRef:.LocalObjectReference 6?readOnly:b',
  'core.v1.CinderPersistentVolumeSource': '1!volumeID:s 2?fsType:s 3?readOnly:b 4*secretRef:.SecretReference',
  'core.v1.CinderVolumeSource': '1!volumeID:s 2?fsType:s 3?readOnly:b 4*secretRef:.LocalObjectReference',
  'core.v1.ClientIPConfig': '1*timeoutSeconds:i',
  'core.v1.ClusterTrustBundleProjection':
    '1*name:s 2*signerName:s 3*labelSelector:meta.v1.LabelSelector 5*optional:b 4!path:s',
  'core.v1.ComponentCondition': '1!type:s 2!status:s 3?message:s 4?error:s',
  'core.v1.ComponentStatus': '@ 1?metadata:meta.v1.ObjectMeta 2?conditions:[].ComponentCondition',
  'core.v1.ComponentStatusList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ComponentStatus',
  'core.v1.ConfigMap': '@ 1?metadata:meta.v1.ObjectMeta 4*immutable:b 2?data:{}s 3?binaryData:{}y',
  'core.v1.ConfigMapEnvSource': '1!:.LocalObjectReference 2*optional:b',
  'core.v1.ConfigMapKeySelector': '1!:.LocalObjectReference 2!key:s 3*optional:b',
  'core.v1.ConfigMapList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ConfigMap',
  'core.v1.ConfigMapNodeConfigSource': '1!namespace:s 2!name:s 3?uid:s 4?resourceVersion:s 5!kubeletConfigKey:s',
  'core.v1.ConfigMapProjection': '1!:.LocalObjectReference 2?items:[].KeyToPath 4*optional:b',
  'core.v1.ConfigMapVolumeSource': '1!:.LocalObjectReference 2?items:[].KeyToPath 3*defaultMode:i 4*optional:b',
  'core.v1.Container':
    '1!name:s 2?image:s 3?command:[]s 4?args:[]s 5?workingDir:s 6?ports:[].ContainerPort 19?envFrom:[].EnvFromSource 7?env:[].EnvVar 8?resources:.ResourceRequirements 23?resizePolicy:[].ContainerResizePolicy 24*restartPolicy:s 25?restartPolicyRules:[].ContainerRestartRule 9?volumeMounts:[].VolumeMount 21?volumeDevices:[].VolumeDevice 10*livenessProbe:.Probe 11*readinessProbe:.Probe 22*startupProbe:.Probe 12*lifecycle:.Lifecycle 13?terminationMessagePath:s 20?terminationMessagePolicy:s 14?imagePullPolicy:s 15*securityContext:.SecurityContext 16?stdin:b 17?stdinOnce:b 18?tty:b',
  'core.v1.ContainerExtendedResourceRequest': '1!containerName:s 2!resourceName:s 3!requestName:s',
  'core.v1.ContainerImage': '1!names:[]s 2?sizeBytes:i',
  'core.v1.ContainerPort': '1?name:s 2?hostPort:i 3!containerPort:i 4?protocol:s 5?hostIP:s',
  'core.v1.ContainerResizePolicy': '1!resourceName:s 2!restartPolicy:s',
  'core.v1.ContainerRestartRule': '1?action:s 2*exitCodes:.ContainerRestartRuleOnExitCodes',
  'core.v1.ContainerRestartRuleOnExitCodes': '1?operator:s 2?values:[]i',
  'core.v1.ContainerState':
    '1*waiting:.ContainerStateWaiting 2*running:.ContainerStateRunning 3*terminated:.ContainerStateTerminated',
  'core.v1.ContainerStateRunning': '1?startedAt:t',
  'core.v1.ContainerStateTerminated':
    '1!exitCode:i 2?signal:i 3?reason:s 4?message:s 5?startedAt:t 6?finishedAt:t 7?containerID:s',
  'core.v1.ContainerStateWaiting': '1?reason:s 2?message:s',
  'core.v1.ContainerStatus':
    '1!name:s 2?state:.ContainerState 3?lastState:.ContainerState 4!ready:b 5!restartCount:i 6!image:s 7!imageID:s 8?containerID:s 9*started:b 10?allocatedResources:{}q 11*resources:.ResourceRequirements 12?volumeMounts:[].VolumeMountStatus 13*user:.ContainerUser 14?allocatedResourcesStatus:[].ResourceStatus 15*stopSignal:s',
  'core.v1.ContainerUser': '1*linux:.LinuxContainerUser',
  'core.v1.DaemonEndpoint': '1!Port:i',
  'core.v1.DownwardAPIProjection': '1?items:[].DownwardAPIVolumeFile',
  'core.v1.DownwardAPIVolumeFile':
    '1!path:s 2*fieldRef:.ObjectFieldSelector 3*resourceFieldRef:.ResourceFieldSelector 4*mode:i',
  'core.v1.DownwardAPIVolumeSource': '1?items:[].DownwardAPIVolumeFile 2*defaultMode:i',
  'core.v1.EmptyDirVolumeSource': '1?medium:s 2*sizeLimit:q',
  'core.v1.EndpointAddress': '1!ip:s 3?hostname:s 4*nodeName:s 2*targetRef:.ObjectReference',
  'core.v1.EndpointPort': '1?name:s 2!port:i 3?protocol:s 4*appProtocol:s',
  'core.v1.EndpointSubset':
    '1?addresses:[].EndpointAddress 2?notReadyAddresses:[].EndpointAddress 3?ports:[].EndpointPort',
  'core.v1.Endpoints': '@ 1?metadata:meta.v1.ObjectMeta 2?subsets:[].EndpointSubset',
  'core.v1.EndpointsList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Endpoints',
  'core.v1.EnvFromSource': '1?prefix:s 2*configMapRef:.ConfigMapEnvSource 3*secretRef:.SecretEnvSource',
  'core.v1.EnvVar': '1!name:s 2?value:s 3*valueFrom:.EnvVarSource',
  'core.v1.EnvVarSource':
    '1*fieldRef:.ObjectFieldSelector 2*resourceFieldRef:.ResourceFieldSelector 3*configMapKeyRef:.ConfigMapKeySelector 4*secretKeyRef:.SecretKeySelector 5*fileKeyRef:.FileKeySelector',
  'core.v1.EphemeralContainer': '1!:.EphemeralContainerCommon 2?targetContainerName:s',
  'core.v1.EphemeralContainerCommon':
    '1!name:s 2?image:s 3?command:[]s 4?args:[]s 5?workingDir:s 6?ports:[].ContainerPort 19?envFrom:[].EnvFromSource 7?env:[].EnvVar 8?resources:.ResourceRequirements 23?resizePolicy:[].ContainerResizePolicy 24*restartPolicy:s 25?restartPolicyRules:[].ContainerRestartRule 9?volumeMounts:[].VolumeMount 21?volumeDevices:[].VolumeDevice 10*livenessProbe:.Probe 11*readinessProbe:.Probe 22*startupProbe:.Probe 12*lifecycle:.Lifecycle 13?terminationMessagePath:s 20?terminationMessagePolicy:s 14?imagePullPolicy:s 15*securityContext:.SecurityContext 16?stdin:b 17?stdinOnce:b 18?tty:b',
  'core.v1.EphemeralVolumeSource': '1*volumeClaimTemplate:.PersistentVolumeClaimTemplate',
  'core.v1.Event':
    '@ 1!metadata:meta.v1.ObjectMeta 2!involvedObject:.ObjectReference 3?reason:s 4?message:s 5?source:.EventSource 6?firstTimestamp:t 7?lastTimestamp:t 8?count:i 9?type:s 10?eventTime:m 11*series:.EventSeries 12?action:s 13*related:.ObjectReference 14!reportingComponent:s 15!reportingInstance:s',
  'core.v1.EventList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Event',
  'core.v1.EventSeries': '1?count:i 2?lastObservedTime:m',
  'core.v1.EventSource': '1?component:s 2?host:s',
  'core.v1.ExecAction': '1?command:[]s',
  'core.v1.FCVolumeSource': '1?targetWWNs:[]s 2*lun:i 3?fsType:s 4?readOnly:b 5?wwids:[]s',
  'core.v1.FileKeySelector': '1!volumeName:s 2!path:s 3!key:s 4*optional:b',
  'core.v1.FlexPersistentVolumeSource': '1!driver:s 2?fsType:s 3*secretRef:.SecretReference 4?readOnly:b 5?options:{}s',
  'core.v1.FlexVolumeSource': '1!driver:s 2?fsType:s 3*secretRef:.LocalObjectReference 4?readOnly:b 5?options:{}s',
  'core.v1.FlockerVolumeSource': '1?datasetName:s 2?datasetUUID:s',
  'core.v1.GCEPersistentDiskVolumeSource': '1!pdName:s 2?fsType:s 3?partition:i 4?readOnly:b',
  'core.v1.GRPCAction': '1!port:i 2*service:s',
  'core.v1.GitRepoVolumeSource': '1!repository:s 2?revision:s 3?directory:s',
  'core.v1.GlusterfsPersistentVolumeSource': '1!endpoints:s 2!path:s 3?readOnly:b 4*endpointsNamespace:s',
  'core.v1.GlusterfsVolumeSource': '1!endpoints:s 2!path:s 3?readOnly:b',
  'core.v1.HTTPGetAction': '1?path:s 2!port:x 3?host:s 4?scheme:s 5?httpHeaders:[].HTTPHeader',
  'core.v1.HTTPHeader': '1!name:s 2!value:s',
  'core.v1.HostAlias': '1!ip:s 2?hostnames:[]s',
  'core.v1.HostIP': '1!ip:s',
  'core.v1.HostPathVolumeSource': '1!path:s 2*type:s',
  'core.v1.ISCSIPersistentVolumeSource':
    '1!targetPortal:s 2!iqn:s 3!lun:i 4?iscsiInterface:s 5?fsType:s 6?readOnly:b 7?portals:[]s 8?chapAuthDiscovery:b 11?chapAuthSession:b 10*secretRef:.SecretReference 12*initiatorName:s',
  'core.v1.ISCSIVolumeSource':
    '1!targetPortal:s 2!iqn:s 3!lun:i 4?iscsiInterface:s 5?fsType:s 6?readOnly:b 7?portals:[]s 8?chapAuthDiscovery:b 11?chapAuthSession:b 10*secretRef:.LocalObjectReference 12*initiatorName:s',
  'core.v1.ImageVolumeSource': '1?reference:s 2?pullPolicy:s',
  'core.v1.ImageVolumeStatus': '1?imageRef:s',
  'core.v1.KeyToPath': '1!key:s 2!path:s 3*mode:i',
  'core.v1.Lifecycle': '1*postStart:.LifecycleHandler 2*preStop:.LifecycleHandler 3*stopSignal:s',
  'core.v1.LifecycleHandler':
    '1*exec:.ExecAction 2*httpGet:.HTTPGetAction 3*tcpSocket:.TCPSocketAction 4*sleep:.SleepAction',
  'core.v1.LimitRange': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.LimitRangeSpec',
  'core.v1.LimitRangeItem':
    '1!type:s 2?max:{}q 3?min:{}q 4?default:{}q 5?defaultRequest:{}q 6?maxLimitRequestRatio:{}q',
  'core.v1.LimitRangeList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].LimitRange',
  'core.v1.LimitRangeSpec': '1!limits:[].LimitRangeItem',
  'core.v1.LinuxContainerUser': '1!uid:i 2!gid:i 3?supplementalGroups:[]i',
  'core.v1.LoadBalancerIngress': '1?ip:s 2?hostname:s 3*ipMode:s 4?ports:[].PortStatus',
  'core.v1.LoadBalancerStatus': '1?ingress:[].LoadBalancerIngress',
  'core.v1.LocalObjectReference': '1?name:s',
  'core.v1.LocalVolumeSource': '1!path:s 2*fsType:s',
  'core.v1.ModifyVolumeStatus': '1?targetVolumeAttributesClassName:s 2!status:s',
  'core.v1.NFSVolumeSource': '1!server:s 2!path:s 3?readOnly:b',
  'core.v1.Namespace': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.NamespaceSpec 3?status:.NamespaceStatus',
  'core.v1.NamespaceCondition': '1!type:s 2!status:s 4?lastTransitionTime:t 5?reason:s 6?message:s',
  'core.v1.NamespaceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Namespace',
  'core.v1.NamespaceSpec': '1?finalizers:[]s',
  'core.v1.NamespaceStatus': '1?phase:s 2?conditions:[].NamespaceCondition',
  'core.v1.Node': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.NodeSpec 3?status:.NodeStatus',
  'core.v1.NodeAddress': '1!type:s 2!address:s',
  'core.v1.NodeAffinity':
    '1*requiredDuringSchedulingIgnoredDuringExecution:.NodeSelector 2?preferredDuringSchedulingIgnoredDuringExecution:[].PreferredSchedulingTerm',
  'core.v1.NodeAllocatableResourceClaimStatus': '1!resourceClaimName:s 2?containers:[]s 3!resources:{}q',
  'core.v1.NodeCondition': '1!type:s 2!status:s 3?lastHeartbeatTime:t 4?lastTransitionTime:t 5?reason:s 6?message:s',
  'core.v1.NodeConfigSource': '2*configMap:.ConfigMapNodeConfigSource',
  'core.v1.NodeConfigStatus':
    '1*assigned:.NodeConfigSource 2*active:.NodeConfigSource 3*lastKnownGood:.NodeConfigSource 4?error:s',
  'core.v1.NodeDaemonEndpoints': '1?kubeletEndpoint:.DaemonEndpoint',
  'core.v1.NodeFeatures': '1*supplementalGroupsPolicy:b',
  'core.v1.NodeList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Node',
  'core.v1.NodeProxyOptions': '@ 1?path:s',
  'core.v1.NodeRuntimeHandler': '1!name:s 2*features:.NodeRuntimeHandlerFeatures',
  'core.v1.NodeRuntimeHandlerFeatures': '1*recursiveReadOnlyMounts:b 2*userNamespaces:b',
  'core.v1.NodeSelector': '1!nodeSelectorTerms:[].NodeSelectorTerm',
  'core.v1.NodeSelectorRequirement': '1!key:s 2!operator:s 3?values:[]s',
  'core.v1.NodeSelectorTerm': '1?matchExpressions:[].NodeSelectorRequirement 2?matchFields:[].NodeSelectorRequirement',
  'core.v1.NodeSpec':
    '1?podCIDR:s 7?podCIDRs:[]s 3?providerID:s 4?unschedulable:b 5?taints:[].Taint 6*configSource:.NodeConfigSource 2?externalID:s',
  'core.v1.NodeStatus':
    '1?capacity:{}q 2?allocatable:{}q 3?phase:s 4?conditions:[].NodeCondition 5?addresses:[].NodeAddress 6?daemonEndpoints:.NodeDaemonEndpoints 7?nodeInfo:.NodeSystemInfo 8?images:[].ContainerImage 9?volumesInUse:[]s 10?volumesAttached:[].AttachedVolume 11*config:.NodeConfigStatus 12?runtimeHandlers:[].NodeRuntimeHandler 13*features:.NodeFeatures 14?declaredFeatures:[]s',
  'core.v1.NodeSwapStatus': '1*capacity:i',
  'core.v1.NodeSystemInfo':
    '1!machineID:s 2!systemUUID:s 3!bootID:s 4!kernelVersion:s 5!osImage:s 6!containerRuntimeVersion:s 7!kubeletVersion:s 8!kubeProxyVersion:s 9!operatingSystem:s 10!architecture:s 11*swap:.NodeSwapStatus',
  'core.v1.ObjectFieldSelector': '1?apiVersion:s 2!fieldPath:s',
  'core.v1.ObjectReference': '1?kind:s 2?namespace:s 3?name:s 4?uid:s 5?apiVersion:s 6?resourceVersion:s 7?fieldPath:s',
  'core.v1.PersistentVolume':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PersistentVolumeSpec 3?status:.PersistentVolumeStatus',
  'core.v1.PersistentVolumeClaim':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PersistentVolumeClaimSpec 3?status:.PersistentVolumeClaimStatus',
  'core.v1.PersistentVolumeClaimCondition':
    '1!type:s 2!status:s 3?lastProbeTime:t 4?lastTransitionTime:t 5?reason:s 6?message:s',
  'core.v1.PersistentVolumeClaimList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PersistentVolumeClaim',
  'core.v1.PersistentVolumeClaimSpec':
    '1?accessModes:[]s 4*selector:meta.v1.LabelSelector 2?resources:.VolumeResourceRequirements 3?volumeName:s 5*storageClassName:s 6*volumeMode:s 7*dataSource:.TypedLocalObjectReference 8*dataSourceRef:.TypedObjectReference 9*volumeAttributesClassName:s',
  'core.v1.PersistentVolumeClaimStatus':
    '1?phase:s 2?accessModes:[]s 3?capacity:{}q 4?conditions:[].PersistentVolumeClaimCondition 5?allocatedResources:{}q 7?allocatedResourceStatuses:{}s 8*currentVolumeAttributesClassName:s 9*modifyVolumeStatus:.ModifyVolumeStatus',
  'core.v1.PersistentVolumeClaimTemplate': '1?metadata:meta.v1.ObjectMeta 2!spec:.PersistentVolumeClaimSpec',
  'core.v1.PersistentVolumeClaimVolumeSource': '1!claimName:s 2?readOnly:b',
  'core.v1.PersistentVolumeList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PersistentVolume',
  'core.v1.PersistentVolumeSource':
    '1*gcePersistentDisk:.GCEPersistentDiskVolumeSource 2*awsElasticBlockStore:.AWSElasticBlockStoreVolumeSource 3*hostPath:.HostPathVolumeSource 4*glusterfs:.GlusterfsPersistentVolumeSource 5*nfs:.NFSVolumeSource 6*rbd:.RBDPersistentVolumeSource 7*iscsi:.ISCSIPersistentVolumeSource 8*cinder:.CinderPersistentVolumeSource 9*cephfs:.CephFSPersistentVolumeSource 10*fc:.FCVolumeSource 11*flocker:.FlockerVolumeSource 12*flexVolume:.FlexPersistentVolumeSource 13*azureFile:.AzureFilePersistentVolumeSource 14*vsphereVolume:.VsphereVirtualDiskVolumeSource 15*quobyte:.QuobyteVolumeSource 16*azureDisk:.AzureDiskVolumeSource 17*photonPersistentDisk:.PhotonPersistentDiskVolumeSource 18*portworxVolume:.PortworxVolumeSource 19*scaleIO:.ScaleIOPersistentVolumeSource 20*local:.LocalVolumeSource 21*storageos:.StorageOSPersistentVolumeSource 22*csi:.CSIPersistentVolumeSource',
  'core.v1.PersistentVolumeSpec':
    '1?capacity:{}q 2!:.PersistentVolumeSource 3?accessModes:[]s 4*claimRef:.ObjectReference 5?persistentVolumeReclaimPolicy:s 6?storageClassName:s 7?mountOptions:[]s 8*volumeMode:s 9*nodeAffinity:.VolumeNodeAffinity 10*volumeAttributesClassName:s',
  'core.v1.PersistentVolumeStatus': '1?phase:s 2?message:s 3?reason:s 4*lastPhaseTransitionTime:t',
  'core.v1.PhotonPersistentDiskVolumeSource': '1!pdID:s 2?fsType:s',
  'core.v1.Pod': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PodSpec 3?status:.PodStatus',
  'core.v1.PodAffinity':
    '1?requiredDuringSchedulingIgnoredDuringExecution:[].PodAffinityTerm 2?preferredDuringSchedulingIgnoredDuringExecution:[].WeightedPodAffinityTerm',
  'core.v1.PodAffinityTerm':
    '1*labelSelector:meta.v1.LabelSelector 2?namespaces:[]s 3!topologyKey:s 4*namespaceSelector:meta.v1.LabelSelector 5?matchLabelKeys:[]s 6?mismatchLabelKeys:[]s',
  'core.v1.PodAntiAffinity':
    '1?requiredDuringSchedulingIgnoredDuringExecution:[].PodAffinityTerm 2?preferredDuringSchedulingIgnoredDuringExecution:[].WeightedPodAffinityTerm',
  'core.v1.PodAttachOptions': '@ 1?stdin:b 2?stdout:b 3?stderr:b 4?tty:b 5?container:s',
  'core.v1.PodCertificateProjection':
    '1?signerName:s 2?keyType:s 3*maxExpirationSeconds:i 4?credentialBundlePath:s 5?keyPath:s 6?certificateChainPath:s 7?userAnnotations:{}s',
  'core.v1.PodCondition':
    '1!type:s 7?observedGeneration:i 2!status:s 3?lastProbeTime:t 4?lastTransitionTime:t 5?reason:s 6?message:s',
  'core.v1.PodDNSConfig': '1?nameservers:[]s 2?searches:[]s 3?options:[].PodDNSConfigOption',
  'core.v1.PodDNSConfigOption': '1?name:s 2*value:s',
  'core.v1.PodExecOptions': '@ 1?stdin:b 2?stdout:b 3?stderr:b 4?tty:b 5?container:s 6!command:[]s',
  'core.v1.PodExtendedResourceClaimStatus':
    '1!requestMappings:[].ContainerExtendedResourceRequest 2!resourceClaimName:s',
  'core.v1.PodIP': '1!ip:s',
  'core.v1.PodList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Pod',
  'core.v1.PodLogOptions':
    '@ 1?container:s 2?follow:b 3?previous:b 4*sinceSeconds:i 5*sinceTime:t 6?timestamps:b 7*tailLines:i 8*limitBytes:i 9?insecureSkipTLSVerifyBackend:b 10*stream:s',
  'core.v1.PodOS': '1!name:s',
  'core.v1.PodPortForwardOptions': '@ 1?ports:[]i',
  'core.v1.PodProxyOptions': '@ 1?path:s',
  'core.v1.PodReadinessGate': '1!conditionType:s',
  'core.v1.PodResourceClaim': '1!name:s 3*resourceClaimName:s 4*resourceClaimTemplateName:s',
  'core.v1.PodResourceClaimStatus': '1!name:s 2*resourceClaimName:s',
  'core.v1.PodSchedulingGate': '1!name:s',
  'core.v1.PodSchedulingGroup': '1*podGroupName:s',
  'core.v1.PodSecurityContext':
    '1*seLinuxOptions:.SELinuxOptions 8*windowsOptions:.WindowsSecurityContextOptions 2*runAsUser:i 6*runAsGroup:i 3*runAsNonRoot:b 4?supplementalGroups:[]i 12*supplementalGroupsPolicy:s 5*fsGroup:i 7?sysctls:[].Sysctl 9*fsGroupChangePolicy:s 10*seccompProfile:.SeccompProfile 11*appArmorProfile:.AppArmorProfile 13*seLinuxChangePolicy:s',
  'core.v1.PodSignature': '1*podController:meta.v1.OwnerReference',
  'core.v1.PodSpec':
    '1?volumes:[].Volume 20?initContainers:[].Container 2!containers:[].Container 34?ephemeralContainers:[].EphemeralContainer 3?restartPolicy:s 4*terminationGracePeriodSeconds:i 5*activeDeadlineSeconds:i 6?dnsPolicy:s 7?nodeSelector:{}s 8?serviceAccountName:s 9?serviceAccount:s 21*automountServiceAccountToken:b 10?nodeName:s 11?hostNetwork:b 12?hostPID:b 13?hostIPC:b 27*shareProcessNamespace:b 14*securityContext:.PodSecurityContext 15?imagePullSecrets:[].LocalObjectReference 16?hostname:s 17?subdomain:s 18*affinity:.Affinity 19?schedulerName:s 22?tolerations:[].Toleration 23?hostAliases:[].HostAlias 24?priorityClassName:s 25*priority:i 26*dnsConfig:.PodDNSConfig 28?readinessGates:[].PodReadinessGate 29*runtimeClassName:s 30*enableServiceLinks:b 31*preemptionPolicy:s 32?overhead:{}q 33?topologySpreadConstraints:[].TopologySpreadConstraint 35*setHostnameAsFQDN:b 36*os:.PodOS 37*hostUsers:b 38?schedulingGates:[].PodSchedulingGate 39?resourceClaims:[].PodResourceClaim 40*resources:.ResourceRequirements 41*hostnameOverride:s 43*schedulingGroup:.PodSchedulingGroup',
  'core.v1.PodStatus':
    '17?observedGeneration:i 1?phase:s 2?conditions:[].PodCondition 3?message:s 4?reason:s 11?nominatedNodeName:s 5?hostIP:s 16?hostIPs:[].HostIP 6?podIP:s 12?podIPs:[].PodIP 7*startTime:t 10?initContainerStatuses:[].ContainerStatus 8?containerStatuses:[].ContainerStatus 9?qosClass:s 13?ephemeralContainerStatuses:[].ContainerStatus 14?resize:s 15?resourceClaimStatuses:[].PodResourceClaimStatus 18*extendedResourceClaimStatus:.PodExtendedResourceClaimStatus 19?allocatedResources:{}q 20*resources:.ResourceRequirements 21?nodeAllocatableResourceClaimStatuses:[].NodeAllocatableResourceClaimStatus',
  'core.v1.PodStatusResult': '@ 1?metadata:meta.v1.ObjectMeta 2?status:.PodStatus',
  'core.v1.PodTemplate': '@ 1?metadata:meta.v1.ObjectMeta 2?template:.PodTemplateSpec',
  'core.v1.PodTemplateList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PodTemplate',
  'core.v1.PodTemplateSpec': '1?metadata:meta.v1.ObjectMeta 2?spec:.PodSpec',
  'core.v1.PortStatus': '1!port:i 2!protocol:s 3*error:s',
  'core.v1.PortworxVolumeSource': '1!volumeID:s 2?fsType:s 3?readOnly:b',
  'core.v1.Preconditions': '1*uid:s',
  'core.v1.PreferAvoidPodsEntry': '1!podSignature:.PodSignature 2?evictionTime:t 3?reason:s 4?message:s',
  'core.v1.PreferredSchedulingTerm': '1!weight:i 2!preference:.NodeSelectorTerm',
  'core.v1.Probe':
    '1!:.ProbeHandler 2?initialDelaySeconds:i 3?timeoutSeconds:i 4?periodSeconds:i 5?successThreshold:i 6?failureThreshold:i 7*terminationGracePeriodSeconds:i',
  'core.v1.ProbeHandler': '1*exec:.ExecAction 2*httpGet:.HTTPGetAction 3*tcpSocket:.TCPSocketAction 4*grpc:.GRPCAction',
  'core.v1.ProjectedVolumeSource': '1!sources:[].VolumeProjection 2*defaultMode:i',
  'core.v1.QuobyteVolumeSource': '1!registry:s 2!volume:s 3?readOnly:b 4?user:s 5?group:s 6?tenant:s',
  'core.v1.RBDPersistentVolumeSource':
    '1!monitors:[]s 2!image:s 3?fsType:s 4?pool:s 5?user:s 6?keyring:s 7*secretRef:.SecretReference 8?readOnly:b',
  'core.v1.RBDVolumeSource':
    '1!monitors:[]s 2!image:s 3?fsType:s 4?pool:s 5?user:s 6?keyring:s 7*secretRef:.LocalObjectReference 8?readOnly:b',
  'core.v1.RangeAllocation': '@ 1?metadata:meta.v1.ObjectMeta 2!range:s 3!data:y',
  'core.v1.ReplicationController':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ReplicationControllerSpec 3?status:.ReplicationControllerStatus',
  'core.v1.ReplicationControllerCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'core.v1.ReplicationControllerList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ReplicationController',
  'core.v1.ReplicationControllerSpec': '1*replicas:i 4?minReadySeconds:i 2?selector:{}s 3*template:.PodTemplateSpec',
  'core.v1.ReplicationControllerStatus':
    '1!replicas:i 2?fullyLabeledReplicas:i 4?readyReplicas:i 5?availableReplicas:i 3?observedGeneration:i 6?conditions:[].ReplicationControllerCondition',
  'core.v1.ResourceClaim': '1!name:s 2?request:s',
  'core.v1.ResourceFieldSelector': '1?containerName:s 2!resource:s 3?divisor:q',
  'core.v1.ResourceHealth': '1!resourceID:s 2?health:s 6*message:s',
  'core.v1.ResourceQuota': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ResourceQuotaSpec 3?status:.ResourceQuotaStatus',
  'core.v1.ResourceQuotaList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceQuota',
  'core.v1.ResourceQuotaSpec': '1?hard:{}q 2?scopes:[]s 3*scopeSelector:.ScopeSelector',
  'core.v1.ResourceQuotaStatus': '1?hard:{}q 2?used:{}q',
  'core.v1.ResourceRequirements': '1?limits:{}q 2?requests:{}q 3?claims:[].ResourceClaim',
  'core.v1.ResourceStatus': '1!name:s 2?resources:[].ResourceHealth',
  'core.v1.SELinuxOptions': '1?user:s 2?role:s 3?type:s 4?level:s',
  'core.v1.ScaleIOPersistentVolumeSource':
    '1!gateway:s 2!system:s 3*secretRef:.SecretReference 4?sslEnabled:b 5?protectionDomain:s 6?storagePool:s 7?storageMode:s 8?volumeName:s 9?fsType:s 10?readOnly:b',
  'core.v1.ScaleIOVolumeSource':
    '1!gateway:s 2!system:s 3*secretRef:.LocalObjectReference 4?sslEnabled:b 5?protectionDomain:s 6?storagePool:s 7?storageMode:s 8?volumeName:s 9?fsType:s 10?readOnly:b',
  'core.v1.ScopeSelector': '1?matchExpressions:[].ScopedResourceSelectorRequirement',
  'core.v1.ScopedResourceSelectorRequirement': '1!scopeName:s 2!operator:s 3?values:[]s',
  'core.v1.SeccompProfile': '1!type:s 2*localhostProfile:s',
  'core.v1.Secret': '@ 1?metadata:meta.v1.ObjectMeta 5*immutable:b 2?data:{}y 4?stringData:{}s 3?type:s',
  'core.v1.SecretEnvSource': '1!:.LocalObjectReference 2*optional:b',
  'core.v1.SecretKeySelector': '1!:.LocalObjectReference 2!key:s 3*optional:b',
  'core.v1.SecretList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Secret',
  'core.v1.SecretProjection': '1!:.LocalObjectReference 2?items:[].KeyToPath 4*optional:b',
  'core.v1.SecretReference': '1?name:s 2?namespace:s',
  'core.v1.SecretVolumeSource': '1?secretName:s 2?items:[].KeyToPath 3*defaultMode:i 4*optional:b',
  'core.v1.SecurityContext':
    '1*capabilities:.Capabilities 2*privileged:b 3*seLinuxOptions:.SELinuxOptions 10*windowsOptions:.WindowsSecurityContextOptions 4*runAsUser:i 8*runAsGroup:i 5*runAsNonRoot:b 6*readOnlyRootFilesystem:b 7*allowPrivilegeEscalation:b 9*procMount:s 11*seccompProfile:.SeccompProfile 12*appArmorProfile:.AppArmorProfile',
  'core.v1.SerializedReference': '@ 1?reference:.ObjectReference',
  'core.v1.Service': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ServiceSpec 3?status:.ServiceStatus',
  'core.v1.ServiceAccount':
    '@ 1?metadata:meta.v1.ObjectMeta 2?secrets:[].ObjectReference 3?imagePullSecrets:[].LocalObjectReference 4*automountServiceAccountToken:b',
  'core.v1.ServiceAccountList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ServiceAccount',
  'core.v1.ServiceAccountTokenProjection': '1?audience:s 2*expirationSeconds:i 3!path:s',
  'core.v1.ServiceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Service',
  'core.v1.ServicePort': '1?name:s 2?protocol:s 6*appProtocol:s 3!port:i 4?targetPort:x 5?nodePort:i',
  'core.v1.ServiceProxyOptions': '@ 1?path:s',
  'core.v1.ServiceSpec':
    '1?ports:[].ServicePort 2?selector:{}s 3?clusterIP:s 18?clusterIPs:[]s 4?type:s 5?externalIPs:[]s 7?sessionAffinity:s 8?loadBalancerIP:s 9?loadBalancerSourceRanges:[]s 10?externalName:s 11?externalTrafficPolicy:s 12?healthCheckNodePort:i 13?publishNotReadyAddresses:b 14*sessionAffinityConfig:.SessionAffinityConfig 19?ipFamilies:[]s 17*ipFamilyPolicy:s 20*allocateLoadBalancerNodePorts:b 21*loadBalancerClass:s 22*internalTrafficPolicy:s 23*trafficDistribution:s',
  'core.v1.ServiceStatus': '1?loadBalancer:.LoadBalancerStatus 2?conditions:[]meta.v1.Condition',
  'core.v1.SessionAffinityConfig': '1*clientIP:.ClientIPConfig',
  'core.v1.SleepAction': '1!seconds:i',
  'core.v1.StorageOSPersistentVolumeSource':
    '1?volumeName:s 2?volumeNamespace:s 3?fsType:s 4?readOnly:b 5*secretRef:.ObjectReference',
  'core.v1.StorageOSVolumeSource':
    '1?volumeName:s 2?volumeNamespace:s 3?fsType:s 4?readOnly:b 5*secretRef:.LocalObjectReference',
  'core.v1.Sysctl': '1!name:s 2!value:s',
  'core.v1.TCPSocketAction': '1!port:x 2?host:s',
  'core.v1.Taint': '1!key:s 2?value:s 3!effect:s 4*timeAdded:t',
  'core.v1.Toleration': '1?key:s 2?operator:s 3?value:s 4?effect:s 5*tolerationSeconds:i',
  'core.v1.TopologySelectorLabelRequirement': '1!key:s 2!values:[]s',
  'core.v1.TopologySelectorTerm': '1?matchLabelExpressions:[].TopologySelectorLabelRequirement',
  'core.v1.TopologySpreadConstraint':
    '1!maxSkew:i 2!topologyKey:s 3!whenUnsatisfiable:s 4*labelSelector:meta.v1.LabelSelector 5*minDomains:i 6*nodeAffinityPolicy:s 7*nodeTaintsPolicy:s 8?matchLabelKeys:[]s',
  'core.v1.TypedLocalObjectReference': '1*apiGroup:s 2!kind:s 3!name:s',
  'core.v1.TypedObjectReference': '1*apiGroup:s 2!kind:s 3!name:s 4*namespace:s',
  'core.v1.Volume': '1!name:s 2!:.VolumeSource',
  'core.v1.VolumeDevice': '1!name:s 2!devicePath:s',
  'core.v1.VolumeMount':
    '1!name:s 2?readOnly:b 7*recursiveReadOnly:s 3!mountPath:s 4?subPath:s 5*mountPropagation:s 6?subPathExpr:s',
  'core.v1.VolumeMountStatus': '1!name:s 2!mountPath:s 3?readOnly:b 4*recursiveReadOnly:s 5*volumeStatus:.VolumeStatus',
  'core.v1.VolumeNodeAffinity': '1*required:.NodeSelector',
  'core.v1.VolumeProjection':
    '1*secret:.SecretProjection 2*downwardAPI:.DownwardAPIProjection 3*configMap:.ConfigMapProjection 4*serviceAccountToken:.ServiceAccountTokenProjection 5*clusterTrustBundle:.ClusterTrustBundleProjection 6*podCertificate:.PodCertificateProjection',
  'core.v1.VolumeResourceRequirements': '1?limits:{}q 2?requests:{}q',
  'core.v1.VolumeSource':
    '1*hostPath:.HostPathVolumeSource 2*emptyDir:.EmptyDirVolumeSource 3*gcePersistentDisk:.GCEPersistentDiskVolumeSource 4*awsElasticBlockStore:.AWSElasticBlockStoreVolumeSource 5*gitRepo:.GitRepoVolumeSource 6*secret:.SecretVolumeSource 7*nfs:.NFSVolumeSource 8*iscsi:.ISCSIVolumeSource 9*glusterfs:.GlusterfsVolumeSource 10*persistentVolumeClaim:.PersistentVolumeClaimVolumeSource 11*rbd:.RBDVolumeSource 12*flexVolume:.FlexVolumeSource 13*cinder:.CinderVolumeSource 14*cephfs:.CephFSVolumeSource 15*flocker:.FlockerVolumeSource 16*downwardAPI:.DownwardAPIVolumeSource 17*fc:.FCVolumeSource 18*azureFile:.AzureFileVolumeSource 19*configMap:.ConfigMapVolumeSource 20*vsphereVolume:.VsphereVirtualDiskVolumeSource 21*quobyte:.QuobyteVolumeSource 22*azureDisk:.AzureDiskVolumeSource 23*photonPersistentDisk:.PhotonPersistentDiskVolumeSource 26*projected:.ProjectedVolumeSource 24*portworxVolume:.PortworxVolumeSource 25*scaleIO:.ScaleIOVolumeSource 27*storageos:.StorageOSVolumeSource 28*csi:.CSIVolumeSource 29*ephemeral:.EphemeralVolumeSource 30*image:.ImageVolumeSource',
  'core.v1.VolumeStatus': '1*image:.ImageVolumeStatus',
  'core.v1.VsphereVirtualDiskVolumeSource': '1!volumePath:s 2?fsType:s 3?storagePolicyName:s 4?storagePolicyID:s',
  'core.v1.WeightedPodAffinityTerm': '1!weight:i 2!podAffinityTerm:.PodAffinityTerm',
  'core.v1.WindowsSecurityContextOptions':
    '1*gmsaCredentialSpecName:s 2*gmsaCredentialSpec:s 3*runAsUserName:s 4*hostProcess:b',
  'discovery.v1.Endpoint':
    '1!addresses:[]s 2?conditions:.EndpointConditions 3*hostname:s 4*targetRef:core.v1.ObjectReference 5?deprecatedTopology:{}s 6*nodeName:s 7*zone:s 8*hints:.EndpointHints',
  'discovery.v1.EndpointConditions': '1*ready:b 2*serving:b 3*terminating:b',
  'discovery.v1.EndpointHints': '1?forZones:[].ForZone 2?forNodes:[].ForNode',
  'discovery.v1.EndpointPort': '1*name:s 2*protocol:s 3*port:i 4*appProtocol:s',
  'discovery.v1.EndpointSlice':
    '@ 1?metadata:meta.v1.ObjectMeta 4!addressType:s 2!endpoints:[].Endpoint 3!ports:[].EndpointPort',
  'discovery.v1.EndpointSliceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].EndpointSlice',
  'discovery.v1.ForNode': '1!name:s',
  'discovery.v1.ForZone': '1!name:s',
  'discovery.v1beta1.Endpoint':
    '1!addresses:[]s 2?conditions:.EndpointConditions 3*hostname:s 4*targetRef:core.v1.ObjectReference 5?topology:{}s 6*nodeName:s 7*hints:.EndpointHints',
  'discovery.v1beta1.EndpointConditions': '1*ready:b 2*serving:b 3*terminating:b',
  'discovery.v1beta1.EndpointHints': '1?forZones:[].ForZone 2?forNodes:[].ForNode',
  'discovery.v1beta1.EndpointPort': '1*name:s 2*protocol:s 3*port:i 4*appProtocol:s',
  'discovery.v1beta1.EndpointSlice':
    '@ 1?metadata:meta.v1.ObjectMeta 4!addressType:s 2!endpoints:[].Endpoint 3!ports:[].EndpointPort',
  'discovery.v1beta1.EndpointSliceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].EndpointSlice',
  'discovery.v1beta1.ForNode': '1!name:s',
  'discovery.v1beta1.ForZone': '1!name:s',
  'events.v1.Event':
    '@ 1!metadata:meta.v1.ObjectMeta 2!eventTime:m 3*series:.EventSeries 4?reportingController:s 5?reportingInstance:s 6?action:s 7?reason:s 8?regarding:core.v1.ObjectReference 9*related:core.v1.ObjectReference 10?note:s 11?type:s 12?deprecatedSource:core.v1.EventSource 13?deprecatedFirstTimestamp:t 14?deprecatedLastTimestamp:t 15?deprecatedCount:i',
  'events.v1.EventList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Event',
  'events.v1.EventSeries': '1!count:i 2!lastObservedTime:m',
  'events.v1beta1.Event':
    '@ 1!metadata:meta.v1.ObjectMeta 2!eventTime:m 3*series:.EventSeries 4?reportingController:s 5?reportingInstance:s 6?action:s 7?reason:s 8?regarding:core.v1.ObjectReference 9*related:core.v1.ObjectReference 10?note:s 11?type:s 12?deprecatedSource:core.v1.EventSource 13?deprecatedFirstTimestamp:t 14?deprecatedLastTimestamp:t 15?deprecatedCount:i',
  'events.v1beta1.EventList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Event',
  'events.v1beta1.EventSeries': '1!count:i 2!lastObservedTime:m',
  'extensions.v1beta1.DaemonSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DaemonSetSpec 3?status:.DaemonSetStatus',
  'extensions.v1beta1.DaemonSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'extensions.v1beta1.DaemonSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DaemonSet',
  'extensions.v1beta1.DaemonSetSpec':
    '1*selector:meta.v1.LabelSelector 2!template:core.v1.PodTemplateSpec 3?updateStrategy:.DaemonSetUpdateStrategy 4?minReadySeconds:i 5?templateGeneration:i 6*revisionHistoryLimit:i',
  'extensions.v1beta1.DaemonSetStatus':
    '1!currentNumberScheduled:i 2!numberMisscheduled:i 3!desiredNumberScheduled:i 4!numberReady:i 5?observedGeneration:i 6?updatedNumberScheduled:i 7?numberAvailable:i 8?numberUnavailable:i 9*collisionCount:i 10?conditions:[].DaemonSetCondition',
  'extensions.v1beta1.DaemonSetUpdateStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDaemonSet',
  'extensions.v1beta1.Deployment': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.DeploymentSpec 3?status:.DeploymentStatus',
  'extensions.v1beta1.DeploymentCondition':
    '1!type:s 2!status:s 6?lastUpdateTime:t 7?lastTransitionTime:t 4?reason:s 5?message:s',
  'extensions.v1beta1.DeploymentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Deployment',
  'extensions.v1beta1.DeploymentRollback': '@ 1!name:s 2?updatedAnnotations:{}s 3!rollbackTo:.RollbackConfig',
  'extensions.v1beta1.DeploymentSpec':
    '1*replicas:i 2*selector:meta.v1.LabelSelector 3!template:core.v1.PodTemplateSpec 4?strategy:.DeploymentStrategy 5?minReadySeconds:i 6*revisionHistoryLimit:i 7?paused:b 8*rollbackTo:.RollbackConfig 9*progressDeadlineSeconds:i',
  'extensions.v1beta1.DeploymentStatus':
    '1?observedGeneration:i 2?replicas:i 3?updatedReplicas:i 7?readyReplicas:i 4?availableReplicas:i 5?unavailableReplicas:i 9*terminatingReplicas:i 6?conditions:[].DeploymentCondition 8*collisionCount:i',
  'extensions.v1beta1.DeploymentStrategy': '1?type:s 2*rollingUpdate:.RollingUpdateDeployment',
  'extensions.v1beta1.HTTPIngressPath': '1?path:s 3*pathType:s 2!backend:.IngressBackend',
  'extensions.v1beta1.HTTPIngressRuleValue': '1!paths:[].HTTPIngressPath',
  'extensions.v1beta1.IPBlock': '1!cidr:s 2?except:[]s',
  'extensions.v1beta1.Ingress': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IngressSpec 3?status:.IngressStatus',
  'extensions.v1beta1.IngressBackend': '1?serviceName:s 2?servicePort:x 3*resource:core.v1.TypedLocalObjectReference',
  'extensions.v1beta1.IngressList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Ingress',
  'extensions.v1beta1.IngressLoadBalancerIngress': '1?ip:s 2?hostname:s 4?ports:[].IngressPortStatus',
  'extensions.v1beta1.IngressLoadBalancerStatus': '1?ingress:[].IngressLoadBalancerIngress',
  'extensions.v1beta1.IngressPortStatus': '1!port:i 2!protocol:s 3*error:s',
  'extensions.v1beta1.IngressRule': '1?host:s 2!:.IngressRuleValue',
  'extensions.v1beta1.IngressRuleValue': '1*http:.HTTPIngressRuleValue',
  'extensions.v1beta1.IngressSpec':
    '4*ingressClassName:s 1*backend:.IngressBackend 2?tls:[].IngressTLS 3?rules:[].IngressRule',
  'extensions.v1beta1.IngressStatus': '1?loadBalancer:.IngressLoadBalancerStatus',
  'extensions.v1beta1.IngressTLS': '1?hosts:[]s 2?secretName:s',
  'extensions.v1beta1.NetworkPolicy': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.NetworkPolicySpec',
  'extensions.v1beta1.NetworkPolicyEgressRule': '1?ports:[].NetworkPolicyPort 2?to:[].NetworkPolicyPeer',
  'extensions.v1beta1.NetworkPolicyIngressRule': '1?ports:[].NetworkPolicyPort 2?from:[].NetworkPolicyPeer',
  'extensions.v1beta1.NetworkPolicyList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].NetworkPolicy',
  'extensions.v1beta1.NetworkPolicyPeer':
    '1*podSelector:meta.v1.LabelSelector 2*namespaceSelector:meta.v1.LabelSelector 3*ipBlock:.IPBlock',
  'extensions.v1beta1.NetworkPolicyPort': '1*protocol:s 2*port:x 3*endPort:i',
  'extensions.v1beta1.NetworkPolicySpec':
    '1!podSelector:meta.v1.LabelSelector 2?ingress:[].NetworkPolicyIngressRule 3?egress:[].NetworkPolicyEgressRule 4?policyTypes:[]s',
  'extensions.v1beta1.ReplicaSet': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ReplicaSetSpec 3?status:.ReplicaSetStatus',
  'extensions.v1beta1.ReplicaSetCondition': '1!type:s 2!status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'extensions.v1beta1.ReplicaSetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ReplicaSet',
  'extensions.v1beta1.ReplicaSetSpec':
    '1*replicas:i 4?minReadySeconds:i 2*selector:meta.v1.LabelSelector 3?template:core.v1.PodTemplateSpec',
  'extensions.v1beta1.ReplicaSetStatus':
    '1!replicas:i 2?fullyLabeledReplicas:i 4?readyReplicas:i 5?availableReplicas:i 7*terminatingReplicas:i 3?observedGeneration:i 6?conditions:[].ReplicaSetCondition',
  'extensions.v1beta1.RollbackConfig': '1?revision:i',
  'extensions.v1beta1.RollingUpdateDaemonSet': '1*maxUnavailable:x 2*maxSurge:x',
  'extensions.v1beta1.RollingUpdateDeployment': '1*maxUnavailable:x 2*maxSurge:x',
  'extensions.v1beta1.Scale': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ScaleSpec 3?status:.ScaleStatus',
  'extensions.v1beta1.ScaleSpec': '1?replicas:i',
  'extensions.v1beta1.ScaleStatus': '1!replicas:i 2?selector:{}s 3?targetSelector:s',
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': '1*nominalConcurrencyShares:i 2*lendablePercent:i',
  'flowcontrol.v1.FlowDistinguisherMethod': '1!type:s',
  'flowcontrol.v1.FlowSchema': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.FlowSchemaSpec 3?status:.FlowSchemaStatus',
  'flowcontrol.v1.FlowSchemaCondition': '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1.FlowSchemaList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].FlowSchema',
  'flowcontrol.v1.FlowSchemaSpec':
    '1!priorityLevelConfiguration:.PriorityLevelConfigurationReference 2!matchingPrecedence:i 3*distinguisherMethod:.FlowDistinguisherMethod 4?rules:[].PolicyRulesWithSubjects',
  'flowcontrol.v1.FlowSchemaStatus': '1?conditions:[].FlowSchemaCondition',
  'flowcontrol.v1.GroupSubject': '1!name:s',
  'flowcontrol.v1.LimitResponse': '1!type:s 2*queuing:.QueuingConfiguration',
  'flowcontrol.v1.LimitedPriorityLevelConfiguration':
    '1*nominalConcurrencyShares:i 2?limitResponse:.LimitResponse 3*lendablePercent:i 4*borrowingLimitPercent:i',
  'flowcontrol.v1.NonResourcePolicyRule': '1!verbs:[]s 6!nonResourceURLs:[]s',
  'flowcontrol.v1.PolicyRulesWithSubjects':
    '1!subjects:[].Subject 2?resourceRules:[].ResourcePolicyRule 3?nonResourceRules:[].NonResourcePolicyRule',
  'flowcontrol.v1.PriorityLevelConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PriorityLevelConfigurationSpec 3?status:.PriorityLevelConfigurationStatus',
  'flowcontrol.v1.PriorityLevelConfigurationCondition':
    '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1.PriorityLevelConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].PriorityLevelConfiguration',
  'flowcontrol.v1.PriorityLevelConfigurationReference': '1!name:s',
  'flowcontrol.v1.PriorityLevelConfigurationSpec':
    '1!type:s 2*limited:.LimitedPriorityLevelConfiguration 3*exempt:.ExemptPriorityLevelConfiguration',
  'flowcontrol.v1.PriorityLevelConfigurationStatus': '1?conditions:[].PriorityLevelConfigurationCondition',
  'flowcontrol.v1.QueuingConfiguration': '1!queues:i 2!handSize:i 3!queueLengthLimit:i',
  'flowcontrol.v1.ResourcePolicyRule': '1!verbs:[]s 2!apiGroups:[]s 3!resources:[]s 4?clusterScope:b 5!namespaces:[]s',
  'flowcontrol.v1.ServiceAccountSubject': '1!namespace:s 2!name:s',
  'flowcontrol.v1.Subject':
    '1!kind:s 2*user:.UserSubject 3*group:.GroupSubject 4*serviceAccount:.ServiceAccountSubject',
  'flowcontrol.v1.UserSubject': '1!name:s',
  'flowcontrol.v1beta1.ExemptPriorityLevelConfiguration': '1*nominalConcurrencyShares:i 2*lendablePercent:i',
  'flowcontrol.v1beta1.FlowDistinguisherMethod': '1!type:s',
  'flowcontrol.v1beta1.FlowSchema': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.FlowSchemaSpec 3?status:.FlowSchemaStatus',
  'flowcontrol.v1beta1.FlowSchemaCondition': '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1beta1.FlowSchemaList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].FlowSchema',
  'flowcontrol.v1beta1.FlowSchemaSpec':
    '1!priorityLevelConfiguration:.PriorityLevelConfigurationReference 2!matchingPrecedence:i 3*distinguisherMethod:.FlowDistinguisherMethod 4?rules:[].PolicyRulesWithSubjects',
  'flowcontrol.v1beta1.FlowSchemaStatus': '1?conditions:[].FlowSchemaCondition',
  'flowcontrol.v1beta1.GroupSubject': '1!name:s',
  'flowcontrol.v1beta1.LimitResponse': '1!type:s 2*queuing:.QueuingConfiguration',
  'flowcontrol.v1beta1.LimitedPriorityLevelConfiguration':
    '1!assuredConcurrencyShares:i 2?limitResponse:.LimitResponse 3*lendablePercent:i 4*borrowingLimitPercent:i',
  'flowcontrol.v1beta1.NonResourcePolicyRule': '1!verbs:[]s 6!nonResourceURLs:[]s',
  'flowcontrol.v1beta1.PolicyRulesWithSubjects':
    '1!subjects:[].Subject 2?resourceRules:[].ResourcePolicyRule 3?nonResourceRules:[].NonResourcePolicyRule',
  'flowcontrol.v1beta1.PriorityLevelConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PriorityLevelConfigurationSpec 3?status:.PriorityLevelConfigurationStatus',
  'flowcontrol.v1beta1.PriorityLevelConfigurationCondition':
    '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1beta1.PriorityLevelConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].PriorityLevelConfiguration',
  'flowcontrol.v1beta1.PriorityLevelConfigurationReference': '1!name:s',
  'flowcontrol.v1beta1.PriorityLevelConfigurationSpec':
    '1!type:s 2*limited:.LimitedPriorityLevelConfiguration 3*exempt:.ExemptPriorityLevelConfiguration',
  'flowcontrol.v1beta1.PriorityLevelConfigurationStatus': '1?conditions:[].PriorityLevelConfigurationCondition',
  'flowcontrol.v1beta1.QueuingConfiguration': '1!queues:i 2!handSize:i 3!queueLengthLimit:i',
  'flowcontrol.v1beta1.ResourcePolicyRule':
    '1!verbs:[]s 2!apiGroups:[]s 3!resources:[]s 4?clusterScope:b 5!namespaces:[]s',
  'flowcontrol.v1beta1.ServiceAccountSubject': '1!namespace:s 2!name:s',
  'flowcontrol.v1beta1.Subject':
    '1!kind:s 2*user:.UserSubject 3*group:.GroupSubject 4*serviceAccount:.ServiceAccountSubject',
  'flowcontrol.v1beta1.UserSubject': '1!name:s',
  'flowcontrol.v1beta2.ExemptPriorityLevelConfiguration': '1*nominalConcurrencyShares:i 2*lendablePercent:i',
  'flowcontrol.v1beta2.FlowDistinguisherMethod': '1!type:s',
  'flowcontrol.v1beta2.FlowSchema': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.FlowSchemaSpec 3?status:.FlowSchemaStatus',
  'flowcontrol.v1beta2.FlowSchemaCondition': '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1beta2.FlowSchemaList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].FlowSchema',
  'flowcontrol.v1beta2.FlowSchemaSpec':
    '1!priorityLevelConfiguration:.PriorityLevelConfigurationReference 2!matchingPrecedence:i 3*distinguisherMethod:.FlowDistinguisherMethod 4?rules:[].PolicyRulesWithSubjects',
  'flowcontrol.v1beta2.FlowSchemaStatus': '1?conditions:[].FlowSchemaCondition',
  'flowcontrol.v1beta2.GroupSubject': '1!name:s',
  'flowcontrol.v1beta2.LimitResponse': '1!type:s 2*queuing:.QueuingConfiguration',
  'flowcontrol.v1beta2.LimitedPriorityLevelConfiguration':
    '1!assuredConcurrencyShares:i 2?limitResponse:.LimitResponse 3*lendablePercent:i 4*borrowingLimitPercent:i',
  'flowcontrol.v1beta2.NonResourcePolicyRule': '1!verbs:[]s 6!nonResourceURLs:[]s',
  'flowcontrol.v1beta2.PolicyRulesWithSubjects':
    '1!subjects:[].Subject 2?resourceRules:[].ResourcePolicyRule 3?nonResourceRules:[].NonResourcePolicyRule',
  'flowcontrol.v1beta2.PriorityLevelConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PriorityLevelConfigurationSpec 3?status:.PriorityLevelConfigurationStatus',
  'flowcontrol.v1beta2.PriorityLevelConfigurationCondition':
    '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1beta2.PriorityLevelConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].PriorityLevelConfiguration',
  'flowcontrol.v1beta2.PriorityLevelConfigurationReference': '1!name:s',
  'flowcontrol.v1beta2.PriorityLevelConfigurationSpec':
    '1!type:s 2*limited:.LimitedPriorityLevelConfiguration 3*exempt:.ExemptPriorityLevelConfiguration',
  'flowcontrol.v1beta2.PriorityLevelConfigurationStatus': '1?conditions:[].PriorityLevelConfigurationCondition',
  'flowcontrol.v1beta2.QueuingConfiguration': '1!queues:i 2!handSize:i 3!queueLengthLimit:i',
  'flowcontrol.v1beta2.ResourcePolicyRule':
    '1!verbs:[]s 2!apiGroups:[]s 3!resources:[]s 4?clusterScope:b 5!namespaces:[]s',
  'flowcontrol.v1beta2.ServiceAccountSubject': '1!namespace:s 2!name:s',
  'flowcontrol.v1beta2.Subject':
    '1!kind:s 2*user:.UserSubject 3*group:.GroupSubject 4*serviceAccount:.ServiceAccountSubject',
  'flowcontrol.v1beta2.UserSubject': '1!name:s',
  'flowcontrol.v1beta3.ExemptPriorityLevelConfiguration': '1*nominalConcurrencyShares:i 2*lendablePercent:i',
  'flowcontrol.v1beta3.FlowDistinguisherMethod': '1!type:s',
  'flowcontrol.v1beta3.FlowSchema': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.FlowSchemaSpec 3?status:.FlowSchemaStatus',
  'flowcontrol.v1beta3.FlowSchemaCondition': '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1beta3.FlowSchemaList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].FlowSchema',
  'flowcontrol.v1beta3.FlowSchemaSpec':
    '1!priorityLevelConfiguration:.PriorityLevelConfigurationReference 2!matchingPrecedence:i 3*distinguisherMethod:.FlowDistinguisherMethod 4?rules:[].PolicyRulesWithSubjects',
  'flowcontrol.v1beta3.FlowSchemaStatus': '1?conditions:[].FlowSchemaCondition',
  'flowcontrol.v1beta3.GroupSubject': '1!name:s',
  'flowcontrol.v1beta3.LimitResponse': '1!type:s 2*queuing:.QueuingConfiguration',
  'flowcontrol.v1beta3.LimitedPriorityLevelConfiguration':
    '1!nominalConcurrencyShares:i 2?limitResponse:.LimitResponse 3*lendablePercent:i 4*borrowingLimitPercent:i',
  'flowcontrol.v1beta3.NonResourcePolicyRule': '1!verbs:[]s 6!nonResourceURLs:[]s',
  'flowcontrol.v1beta3.PolicyRulesWithSubjects':
    '1!subjects:[].Subject 2?resourceRules:[].ResourcePolicyRule 3?nonResourceRules:[].NonResourcePolicyRule',
  'flowcontrol.v1beta3.PriorityLevelConfiguration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PriorityLevelConfigurationSpec 3?status:.PriorityLevelConfigurationStatus',
  'flowcontrol.v1beta3.PriorityLevelConfigurationCondition':
    '1?type:s 2?status:s 3?lastTransitionTime:t 4?reason:s 5?message:s',
  'flowcontrol.v1beta3.PriorityLevelConfigurationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].PriorityLevelConfiguration',
  'flowcontrol.v1beta3.PriorityLevelConfigurationReference': '1!name:s',
  'flowcontrol.v1beta3.PriorityLevelConfigurationSpec':
    '1!type:s 2*limited:.LimitedPriorityLevelConfiguration 3*exempt:.ExemptPriorityLevelConfiguration',
  'flowcontrol.v1beta3.PriorityLevelConfigurationStatus': '1?conditions:[].PriorityLevelConfigurationCondition',
  'flowcontrol.v1beta3.QueuingConfiguration': '1!queues:i 2!handSize:i 3!queueLengthLimit:i',
  'flowcontrol.v1beta3.ResourcePolicyRule':
    '1!verbs:[]s 2!apiGroups:[]s 3!resources:[]s 4?clusterScope:b 5!namespaces:[]s',
  'flowcontrol.v1beta3.ServiceAccountSubject': '1!namespace:s 2!name:s',
  'flowcontrol.v1beta3.Subject':
    '1!kind:s 2*user:.UserSubject 3*group:.GroupSubject 4*serviceAccount:.ServiceAccountSubject',
  'flowcontrol.v1beta3.UserSubject': '1!name:s',
  'meta.v1.APIGroup':
    '@ 1!name:s 2!versions:[].GroupVersionForDiscovery 3?preferredVersion:.GroupVersionForDiscovery 4?serverAddressByClientCIDRs:[].ServerAddressByClientCIDR',
  'meta.v1.APIGroupList': '@ 1!groups:[].APIGroup',
  'meta.v1.APIResource':
    '1!name:s 6!singularName:s 2!namespaced:b 8?group:s 9?version:s 3!kind:s 4!verbs:.Verbs 5?shortNames:[]s 7?categories:[]s 10?storageVersionHash:s',
  'meta.v1.APIResourceList': '@ 1!groupVersion:s 2!resources:[].APIResource',
  'meta.v1.APIVersions': '@ 1!versions:[]s 2!serverAddressByClientCIDRs:[].ServerAddressByClientCIDR',
  'meta.v1.ApplyOptions': '@ 1?dryRun:[]s 2!force:b 3!fieldManager:s',
  'meta.v1.Condition': '1!type:s 2!status:s 3?observedGeneration:i 4!lastTransitionTime:t 5!reason:s 6!message:s',
  'meta.v1.CreateOptions': '@ 1?dryRun:[]s 3?fieldManager:s 4?fieldValidation:s',
  'meta.v1.DeleteOptions':
    '@ 1*gracePeriodSeconds:i 2*preconditions:.Preconditions 3*orphanDependents:b 4*propagationPolicy:s 5?dryRun:[]s 6*ignoreStoreReadErrorWithClusterBreakingPotential:b',
  'meta.v1.FieldSelectorRequirement': '1!key:s 2!operator:s 3?values:[]s',
  'meta.v1.GetOptions': '@ 1?resourceVersion:s',
  'meta.v1.GroupKind': '1!group:s 2!kind:s',
  'meta.v1.GroupResource': '1!group:s 2!resource:s',
  'meta.v1.GroupVersion': '1!group:s 2!version:s',
  'meta.v1.GroupVersionForDiscovery': '1!groupVersion:s 2!version:s',
  'meta.v1.GroupVersionKind': '1!group:s 2!version:s 3!kind:s',
  'meta.v1.GroupVersionResource': '1!group:s 2!version:s 3!resource:s',
  'meta.v1.LabelSelector': '1?matchLabels:{}s 2?matchExpressions:[].LabelSelectorRequirement',
  'meta.v1.LabelSelectorRequirement': '1!key:s 2!operator:s 3?values:[]s',
  'meta.v1.List': '@ 1?metadata:.ListMeta 2!items:[]j',
  'meta.v1.ListMeta': '1?selfLink:s 2?resourceVersion:s 3?continue:s 4*remainingItemCount:i 5*shardInfo:.ShardInfo',
  'meta.v1.ListOptions':
    '@ 1?labelSelector:s 2?fieldSelector:s 3?watch:b 9?allowWatchBookmarks:b 4?resourceVersion:s 10?resourceVersionMatch:s 5*timeoutSeconds:i 7?limit:i 8?continue:s 11*sendInitialEvents:b 15?shardSelector:s',
  'meta.v1.ManagedFieldsEntry':
    '1?manager:s 2?operation:s 3?apiVersion:s 4*time:t 6?fieldsType:s 7*fieldsV1:j 8?subresource:s',
  'meta.v1.ObjectMeta':
    '1?name:s 2?generateName:s 3?namespace:s 4?selfLink:s 5?uid:s 6?resourceVersion:s 7?generation:i 8?creationTimestamp:t 9*deletionTimestamp:t 10*deletionGracePeriodSeconds:i 11?labels:{}s 12?annotations:{}s 13?ownerReferences:[].OwnerReference 14?finalizers:[]s 17?managedFields:[].ManagedFieldsEntry',
  'meta.v1.OwnerReference': '5!apiVersion:s 1!kind:s 3!name:s 4!uid:s 6*controller:b 7*blockOwnerDeletion:b',
  'meta.v1.PartialObjectMetadata': '@ 1?metadata:.ObjectMeta',
  'meta.v1.PartialObjectMetadataList': '@ 1?metadata:.ListMeta 2!items:[].PartialObjectMetadata',
  'meta.v1.Patch': '',
  'meta.v1.PatchOptions': '@ 1?dryRun:[]s 2*force:b 3?fieldManager:s 4?fieldValidation:s',
  'meta.v1.Preconditions': '1*uid:s 2*resourceVersion:s',
  'meta.v1.RootPaths': '1!paths:[]s',
  'meta.v1.ServerAddressByClientCIDR': '1!clientCIDR:s 2!serverAddress:s',
  'meta.v1.ShardInfo': '1!selector:s',
  'meta.v1.Status': '@ 1?metadata:.ListMeta 2?status:s 3?message:s 4?reason:s 5*details:.StatusDetails 6?code:i',
  'meta.v1.StatusCause': '1?reason:s 2?message:s 3?field:s',
  'meta.v1.StatusDetails': '1?name:s 2?group:s 3?kind:s 6?uid:s 4?causes:[].StatusCause 5?retryAfterSeconds:i',
  'meta.v1.TableOptions': '@ 1?includeObject:s',
  'meta.v1.UpdateOptions': '@ 1?dryRun:[]s 2?fieldManager:s 3?fieldValidation:s',
  'meta.v1.Verbs': '=[]s',
  'meta.v1.WatchEvent': '1!type:s 2!object:j',
  'meta.v1beta1.PartialObjectMetadataList': '@ 2?metadata:meta.v1.ListMeta 1!items:[]meta.v1.PartialObjectMetadata',
  'networking.v1.HTTPIngressPath': '1?path:s 3*pathType:s 2!backend:.IngressBackend',
  'networking.v1.HTTPIngressRuleValue': '1!paths:[].HTTPIngressPath',
  'networking.v1.IPAddress': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IPAddressSpec',
  'networking.v1.IPAddressList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].IPAddress',
  'networking.v1.IPAddressSpec': '1*parentRef:.ParentReference',
  'networking.v1.IPBlock': '1!cidr:s 2?except:[]s',
  'networking.v1.Ingress': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IngressSpec 3?status:.IngressStatus',
  'networking.v1.IngressBackend': '4*service:.IngressServiceBackend 3*resource:core.v1.TypedLocalObjectReference',
  'networking.v1.IngressClass': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IngressClassSpec',
  'networking.v1.IngressClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].IngressClass',
  'networking.v1.IngressClassParametersReference': '1*apiGroup:s 2!kind:s 3!name:s 4*scope:s 5*namespace:s',
  'networking.v1.IngressClassSpec': '1?controller:s 2*parameters:.IngressClassParametersReference',
  'networking.v1.IngressList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Ingress',
  'networking.v1.IngressLoadBalancerIngress': '1?ip:s 2?hostname:s 4?ports:[].IngressPortStatus',
  'networking.v1.IngressLoadBalancerStatus': '1?ingress:[].IngressLoadBalancerIngress',
  'networking.v1.IngressPortStatus': '1!port:i 2!protocol:s 3*error:s',
  'networking.v1.IngressRule': '1?host:s 2!:.IngressRuleValue',
  'networking.v1.IngressRuleValue': '1*http:.HTTPIngressRuleValue',
  'networking.v1.IngressServiceBackend': '1!name:s 2?port:.ServiceBackendPort',
  'networking.v1.IngressSpec':
    '4*ingressClassName:s 1*defaultBackend:.IngressBackend 2?tls:[].IngressTLS 3?rules:[].IngressRule',
  'networking.v1.IngressStatus': '1?loadBalancer:.IngressLoadBalancerStatus',
  'networking.v1.IngressTLS': '1?hosts:[]s 2?secretName:s',
  'networking.v1.NetworkPolicy': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.NetworkPolicySpec',
  'networking.v1.NetworkPolicyEgressRule': '1?ports:[].NetworkPolicyPort 2?to:[].NetworkPolicyPeer',
  'networking.v1.NetworkPolicyIngressRule': '1?ports:[].NetworkPolicyPort 2?from:[].NetworkPolicyPeer',
  'networking.v1.NetworkPolicyList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].NetworkPolicy',
  'networking.v1.NetworkPolicyPeer':
    '1*podSelector:meta.v1.LabelSelector 2*namespaceSelector:meta.v1.LabelSelector 3*ipBlock:.IPBlock',
  'networking.v1.NetworkPolicyPort': '1*protocol:s 2*port:x 3*endPort:i',
  'networking.v1.NetworkPolicySpec':
    '1!podSelector:meta.v1.LabelSelector 2?ingress:[].NetworkPolicyIngressRule 3?egress:[].NetworkPolicyEgressRule 4?policyTypes:[]s',
  'networking.v1.ParentReference': '1?group:s 2?resource:s 3?namespace:s 4?name:s',
  'networking.v1.ServiceBackendPort': '1?name:s 2?number:i',
  'networking.v1.ServiceCIDR': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ServiceCIDRSpec 3?status:.ServiceCIDRStatus',
  'networking.v1.ServiceCIDRList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ServiceCIDR',
  'networking.v1.ServiceCIDRSpec': '1?cidrs:[]s',
  'networking.v1.ServiceCIDRStatus': '1?conditions:[]meta.v1.Condition',
  'networking.v1beta1.HTTPIngressPath': '1?path:s 3*pathType:s 2!backend:.IngressBackend',
  'networking.v1beta1.HTTPIngressRuleValue': '1!paths:[].HTTPIngressPath',
  'networking.v1beta1.IPAddress': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IPAddressSpec',
  'networking.v1beta1.IPAddressList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].IPAddress',
  'networking.v1beta1.IPAddressSpec': '1*parentRef:.ParentReference',
  'networking.v1beta1.Ingress': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IngressSpec 3?status:.IngressStatus',
  'networking.v1beta1.IngressBackend': '1?serviceName:s 2?servicePort:x 3*resource:core.v1.TypedLocalObjectReference',
  'networking.v1beta1.IngressClass': '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.IngressClassSpec',
  'networking.v1beta1.IngressClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].IngressClass',
  'networking.v1beta1.IngressClassParametersReference': '1*apiGroup:s 2!kind:s 3!name:s 4*scope:s 5*namespace:s',
  'networking.v1beta1.IngressClassSpec': '1?controller:s 2*parameters:.IngressClassParametersReference',
  'networking.v1beta1.IngressList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Ingress',
  'networking.v1beta1.IngressLoadBalancerIngress': '1?ip:s 2?hostname:s 4?ports:[].IngressPortStatus',
  'networking.v1beta1.IngressLoadBalancerStatus': '1?ingress:[].IngressLoadBalancerIngress',
  'networking.v1beta1.IngressPortStatus': '1!port:i 2!protocol:s 3*error:s',
  'networking.v1beta1.IngressRule': '1?host:s 2!:.IngressRuleValue',
  'networking.v1beta1.IngressRuleValue': '1*http:.HTTPIngressRuleValue',
  'networking.v1beta1.IngressSpec':
    '4*ingressClassName:s 1*backend:.IngressBackend 2?tls:[].IngressTLS 3?rules:[].IngressRule',
  'networking.v1beta1.IngressStatus': '1?loadBalancer:.IngressLoadBalancerStatus',
  'networking.v1beta1.IngressTLS': '1?hosts:[]s 2?secretName:s',
  'networking.v1beta1.ParentReference': '1?group:s 2?resource:s 3?namespace:s 4?name:s',
  'networking.v1beta1.ServiceCIDR':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.ServiceCIDRSpec 3?status:.ServiceCIDRStatus',
  'networking.v1beta1.ServiceCIDRList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ServiceCIDR',
  'networking.v1beta1.ServiceCIDRSpec': '1?cidrs:[]s',
  'networking.v1beta1.ServiceCIDRStatus': '1?conditions:[]meta.v1.Condition',
  'node.v1.Overhead': '1?podFixed:{}q',
  'node.v1.RuntimeClass': '@ 1?metadata:meta.v1.ObjectMeta 2!handler:s 3*overhead:.Overhead 4*scheduling:.Scheduling',
  'node.v1.RuntimeClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].RuntimeClass',
  'node.v1.Scheduling': '1?nodeSelector:{}s 2?tolerations:[]core.v1.Toleration',
  'node.v1alpha1.Overhead': '1?podFixed:{}q',
  'node.v1alpha1.RuntimeClass': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.RuntimeClassSpec',
  'node.v1alpha1.RuntimeClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].RuntimeClass',
  'node.v1alpha1.RuntimeClassSpec': '1!runtimeHandler:s 2*overhead:.Overhead 3*scheduling:.Scheduling',
  'node.v1alpha1.Scheduling': '1?nodeSelector:{}s 2?tolerations:[]core.v1.Toleration',
  'node.v1beta1.Overhead': '1?podFixed:{}q',
  'node.v1beta1.RuntimeClass':
    '@ 1?metadata:meta.v1.ObjectMeta 2!handler:s 3*overhead:.Overhead 4*scheduling:.Scheduling',
  'node.v1beta1.RuntimeClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].RuntimeClass',
  'node.v1beta1.Scheduling': '1?nodeSelector:{}s 2?tolerations:[]core.v1.Toleration',
  'policy.v1.Eviction': '@ 1?metadata:meta.v1.ObjectMeta 2*deleteOptions:meta.v1.DeleteOptions',
  'policy.v1.PodDisruptionBudget':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PodDisruptionBudgetSpec 3?status:.PodDisruptionBudgetStatus',
  'policy.v1.PodDisruptionBudgetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PodDisruptionBudget',
  'policy.v1.PodDisruptionBudgetSpec':
    '1*minAvailable:x 2*selector:meta.v1.LabelSelector 3*maxUnavailable:x 4*unhealthyPodEvictionPolicy:s',
  'policy.v1.PodDisruptionBudgetStatus':
    '1?observedGeneration:i 2?disruptedPods:{}t 3!disruptionsAllowed:i 4!currentHealthy:i 5!desiredHealthy:i 6!expectedPods:i 7?conditions:[]meta.v1.Condition',
  'policy.v1beta1.Eviction': '@ 1?metadata:meta.v1.ObjectMeta 2*deleteOptions:meta.v1.DeleteOptions',
  'policy.v1beta1.PodDisruptionBudget':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.PodDisruptionBudgetSpec 3?status:.PodDisruptionBudgetStatus',
  'policy.v1beta1.PodDisruptionBudgetList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PodDisruptionBudget',
  'policy.v1beta1.PodDisruptionBudgetSpec':
    '1*minAvailable:x 2*selector:meta.v1.LabelSelector 3*maxUnavailable:x 4*unhealthyPodEvictionPolicy:s',
  'policy.v1beta1.PodDisruptionBudgetStatus':
    '1?observedGeneration:i 2?disruptedPods:{}t 3!disruptionsAllowed:i 4!currentHealthy:i 5!desiredHealthy:i 6!expectedPods:i 7?conditions:[]meta.v1.Condition',
  'rbac.v1.AggregationRule': '1?clusterRoleSelectors:[]meta.v1.LabelSelector',
  'rbac.v1.ClusterRole': '@ 1?metadata:meta.v1.ObjectMeta 2!rules:[].PolicyRule 3*aggregationRule:.AggregationRule',
  'rbac.v1.ClusterRoleBinding': '@ 1?metadata:meta.v1.ObjectMeta 2?subjects:[].Subject 3!roleRef:.RoleRef',
  'rbac.v1.ClusterRoleBindingList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterRoleBinding',
  'rbac.v1.ClusterRoleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterRole',
  'rbac.v1.PolicyRule': '1!verbs:[]s 2?apiGroups:[]s 3?resources:[]s 4?resourceNames:[]s 5?nonResourceURLs:[]s',
  'rbac.v1.Role': '@ 1?metadata:meta.v1.ObjectMeta 2!rules:[].PolicyRule',
  'rbac.v1.RoleBinding': '@ 1?metadata:meta.v1.ObjectMeta 2?subjects:[].Subject 3!roleRef:.RoleRef',
  'rbac.v1.RoleBindingList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].RoleBinding',
  'rbac.v1.RoleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Role',
  'rbac.v1.RoleRef': '1!apiGroup:s 2!kind:s 3!name:s',
  'rbac.v1.Subject': '1!kind:s 2?apiGroup:s 3!name:s 4?namespace:s',
  'rbac.v1alpha1.AggregationRule': '1?clusterRoleSelectors:[]meta.v1.LabelSelector',
  'rbac.v1alpha1.ClusterRole':
    '@ 1?metadata:meta.v1.ObjectMeta 2!rules:[].PolicyRule 3*aggregationRule:.AggregationRule',
  'rbac.v1alpha1.ClusterRoleBinding': '@ 1?metadata:meta.v1.ObjectMeta 2?subjects:[].Subject 3!roleRef:.RoleRef',
  'rbac.v1alpha1.ClusterRoleBindingList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterRoleBinding',
  'rbac.v1alpha1.ClusterRoleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterRole',
  'rbac.v1alpha1.PolicyRule': '1!verbs:[]s 3?apiGroups:[]s 4?resources:[]s 5?resourceNames:[]s 6?nonResourceURLs:[]s',
  'rbac.v1alpha1.Role': '@ 1?metadata:meta.v1.ObjectMeta 2!rules:[].PolicyRule',
  'rbac.v1alpha1.RoleBinding': '@ 1?metadata:meta.v1.ObjectMeta 2?subjects:[].Subject 3!roleRef:.RoleRef',
  'rbac.v1alpha1.RoleBindingList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].RoleBinding',
  'rbac.v1alpha1.RoleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Role',
  'rbac.v1alpha1.RoleRef': '1!apiGroup:s 2!kind:s 3!name:s',
  'rbac.v1alpha1.Subject': '1!kind:s 2?apiVersion:s 3!name:s 4?namespace:s',
  'rbac.v1beta1.AggregationRule': '1?clusterRoleSelectors:[]meta.v1.LabelSelector',
  'rbac.v1beta1.ClusterRole':
    '@ 1?metadata:meta.v1.ObjectMeta 2!rules:[].PolicyRule 3*aggregationRule:.AggregationRule',
  'rbac.v1beta1.ClusterRoleBinding': '@ 1?metadata:meta.v1.ObjectMeta 2?subjects:[].Subject 3!roleRef:.RoleRef',
  'rbac.v1beta1.ClusterRoleBindingList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterRoleBinding',
  'rbac.v1beta1.ClusterRoleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ClusterRole',
  'rbac.v1beta1.PolicyRule': '1!verbs:[]s 2?apiGroups:[]s 3?resources:[]s 4?resourceNames:[]s 5?nonResourceURLs:[]s',
  'rbac.v1beta1.Role': '@ 1?metadata:meta.v1.ObjectMeta 2!rules:[].PolicyRule',
  'rbac.v1beta1.RoleBinding': '@ 1?metadata:meta.v1.ObjectMeta 2?subjects:[].Subject 3!roleRef:.RoleRef',
  'rbac.v1beta1.RoleBindingList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].RoleBinding',
  'rbac.v1beta1.RoleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Role',
  'rbac.v1beta1.RoleRef': '1!apiGroup:s 2!kind:s 3!name:s',
  'rbac.v1beta1.Subject': '1!kind:s 2?apiGroup:s 3!name:s 4?namespace:s',
  'resource.v1.AllocatedDeviceStatus':
    '1!driver:s 2!pool:s 3!device:s 7*shareID:s 4!conditions:[]meta.v1.Condition 5*data:j 6*networkData:.NetworkDeviceData',
  'resource.v1.AllocationResult':
    '1?devices:.DeviceAllocationResult 3*nodeSelector:core.v1.NodeSelector 5*allocationTimestamp:t',
  'resource.v1.CELDeviceSelector': '1!expression:s',
  'resource.v1.CapacityRequestPolicy': '1*default:q 3?validValues:[]q 4*validRange:.CapacityRequestPolicyRange',
  'resource.v1.CapacityRequestPolicyRange': '1*min:q 2*max:q 3*step:q',
  'resource.v1.CapacityRequirements': '1?requests:{}q',
  'resource.v1.Counter': '1!value:q',
  'resource.v1.CounterSet': '1!name:s 2?counters:{}.Counter',
  'resource.v1.Device':
    '1!name:s 2?attributes:{}.DeviceAttribute 3?capacity:{}.DeviceCapacity 4?consumesCounters:[].DeviceCounterConsumption 5*nodeName:s 6*nodeSelector:core.v1.NodeSelector 7*allNodes:b 8?taints:[].DeviceTaint 9*bindsToNode:b 10?bindingConditions:[]s 11?bindingFailureConditions:[]s 12*allowMultipleAllocations:b 13?nodeAllocatableResourceMappings:{}.NodeAllocatableResourceMapping',
  'resource.v1.DeviceAllocationConfiguration': '1!source:s 2?requests:[]s 3!:.DeviceConfiguration',
  'resource.v1.DeviceAllocationResult':
    '1?results:[].DeviceRequestAllocationResult 2?config:[].DeviceAllocationConfiguration',
  'resource.v1.DeviceAttribute':
    '2*int:i 3*bool:b 4*string:s 5*version:s 6?ints:[]i 7?bools:[]b 8?strings:[]s 9?versions:[]s',
  'resource.v1.DeviceCapacity': '1!value:q 2*requestPolicy:.CapacityRequestPolicy',
  'resource.v1.DeviceClaim':
    '1!requests:[].DeviceRequest 2?constraints:[].DeviceConstraint 3?config:[].DeviceClaimConfiguration',
  'resource.v1.DeviceClaimConfiguration': '1?requests:[]s 2!:.DeviceConfiguration',
  'resource.v1.DeviceClass': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.DeviceClassSpec',
  'resource.v1.DeviceClassConfiguration': '1!:.DeviceConfiguration',
  'resource.v1.DeviceClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DeviceClass',
  'resource.v1.DeviceClassSpec':
    '1?selectors:[].DeviceSelector 2?config:[].DeviceClassConfiguration 4*extendedResourceName:s',
  'resource.v1.DeviceConfiguration': '1*opaque:.OpaqueDeviceConfiguration',
  'resource.v1.DeviceConstraint': '1?requests:[]s 2*matchAttribute:s 3*distinctAttribute:s',
  'resource.v1.DeviceCounterConsumption': '1!counterSet:s 2?counters:{}.Counter',
  'resource.v1.DeviceRequest': '1!name:s 2*exactly:.ExactDeviceRequest 3?firstAvailable:[].DeviceSubRequest',
  'resource.v1.DeviceRequestAllocationResult':
    '1!request:s 2!driver:s 3!pool:s 4!device:s 5*adminAccess:b 6?tolerations:[].DeviceToleration 7?bindingConditions:[]s 8?bindingFailureConditions:[]s 9*shareID:s 10?consumedCapacity:{}q',
  'resource.v1.DeviceSelector': '1*cel:.CELDeviceSelector',
  'resource.v1.DeviceSubRequest':
    '1!name:s 2!deviceClassName:s 3?selectors:[].DeviceSelector 4?allocationMode:s 5?count:i 6?tolerations:[].DeviceToleration 7*capacity:.CapacityRequirements',
  'resource.v1.DeviceTaint': '1!key:s 2?value:s 3!effect:s 4*timeAdded:t',
  'resource.v1.DeviceToleration': '1?key:s 2?operator:s 3?value:s 4?effect:s 5*tolerationSeconds:i',
  'resource.v1.ExactDeviceRequest':
    '1!deviceClassName:s 2?selectors:[].DeviceSelector 3?allocationMode:s 4?count:i 5*adminAccess:b 6?tolerations:[].DeviceToleration 7*capacity:.CapacityRequirements',
  'resource.v1.NetworkDeviceData': '1?interfaceName:s 2?ips:[]s 3?hardwareAddress:s',
  'resource.v1.NodeAllocatableResourceMapping': '1*capacityKey:s 2*allocationMultiplier:q',
  'resource.v1.OpaqueDeviceConfiguration': '1!driver:s 2!parameters:j',
  'resource.v1.ResourceClaim':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimSpec 3?status:.ResourceClaimStatus',
  'resource.v1.ResourceClaimConsumerReference': '1?apiGroup:s 3!resource:s 4!name:s 5!uid:s',
  'resource.v1.ResourceClaimList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceClaim',
  'resource.v1.ResourceClaimSpec': '1!devices:.DeviceClaim',
  'resource.v1.ResourceClaimStatus':
    '1*allocation:.AllocationResult 2?reservedFor:[].ResourceClaimConsumerReference 4?devices:[].AllocatedDeviceStatus',
  'resource.v1.ResourceClaimTemplate': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimTemplateSpec',
  'resource.v1.ResourceClaimTemplateList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceClaimTemplate',
  'resource.v1.ResourceClaimTemplateSpec': '1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimSpec',
  'resource.v1.ResourcePool': '1!name:s 2!generation:i 3!resourceSliceCount:i',
  'resource.v1.ResourceSlice': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceSliceSpec',
  'resource.v1.ResourceSliceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceSlice',
  'resource.v1.ResourceSliceSpec':
    '1!driver:s 2!pool:.ResourcePool 3*nodeName:s 4*nodeSelector:core.v1.NodeSelector 5*allNodes:b 6?devices:[].Device 7*perDeviceNodeSelection:b 8?sharedCounters:[].CounterSet',
  'resource.v1alpha3.CELDeviceSelector': '1!expression:s',
  'resource.v1alpha3.DeviceSelector': '1*cel:.CELDeviceSelector',
  'resource.v1alpha3.DeviceTaint': '1!key:s 2?value:s 3!effect:s 4*timeAdded:t',
  'resource.v1alpha3.DeviceTaintRule':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.DeviceTaintRuleSpec 3?status:.DeviceTaintRuleStatus',
  'resource.v1alpha3.DeviceTaintRuleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DeviceTaintRule',
  'resource.v1alpha3.DeviceTaintRuleSpec': '1*deviceSelector:.DeviceTaintSelector 2?taint:.DeviceTaint',
  'resource.v1alpha3.DeviceTaintRuleStatus': '1?conditions:[]meta.v1.Condition',
  'resource.v1alpha3.DeviceTaintSelector': '2*driver:s 3*pool:s 4*device:s',
  'resource.v1alpha3.PoolStatus':
    '1?driver:s 2?poolName:s 9!generation:i 8*resourceSliceCount:i 4*totalDevices:i 5*allocatedDevices:i 6*availableDevices:i 7*unavailableDevices:i 3*nodeName:s 10*validationError:s',
  'resource.v1alpha3.ResourcePoolStatusRequest':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourcePoolStatusRequestSpec 3*status:.ResourcePoolStatusRequestStatus',
  'resource.v1alpha3.ResourcePoolStatusRequestList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourcePoolStatusRequest',
  'resource.v1alpha3.ResourcePoolStatusRequestSpec': '1!driver:s 2*poolName:s 3*limit:i',
  'resource.v1alpha3.ResourcePoolStatusRequestStatus':
    '6*poolCount:i 2?pools:[].PoolStatus 3?conditions:[]meta.v1.Condition',
  'resource.v1beta1.AllocatedDeviceStatus':
    '1!driver:s 2!pool:s 3!device:s 7*shareID:s 4!conditions:[]meta.v1.Condition 5*data:j 6*networkData:.NetworkDeviceData',
  'resource.v1beta1.AllocationResult':
    '1?devices:.DeviceAllocationResult 3*nodeSelector:core.v1.NodeSelector 5*allocationTimestamp:t',
  'resource.v1beta1.BasicDevice':
    '1?attributes:{}.DeviceAttribute 2?capacity:{}.DeviceCapacity 3?consumesCounters:[].DeviceCounterConsumption 4*nodeName:s 5*nodeSelector:core.v1.NodeSelector 6*allNodes:b 7?taints:[].DeviceTaint 8*bindsToNode:b 9?bindingConditions:[]s 10?bindingFailureConditions:[]s 11*allowMultipleAllocations:b 12?nodeAllocatableResourceMappings:{}.NodeAllocatableResourceMapping',
  'resource.v1beta1.CELDeviceSelector': '1!expression:s',
  'resource.v1beta1.CapacityRequestPolicy': '1*default:q 3?validValues:[]q 4*validRange:.CapacityRequestPolicyRange',
  'resource.v1beta1.CapacityRequestPolicyRange': '1*min:q 2*max:q 3*step:q',
  'resource.v1beta1.CapacityRequirements': '1?requests:{}q',
  'resource.v1beta1.Counter': '1!value:q',
  'resource.v1beta1.CounterSet': '1!name:s 2?counters:{}.Counter',
  'resource.v1beta1.Device': '1!name:s 2*basic:.BasicDevice',
  'resource.v1beta1.DeviceAllocationConfiguration': '1!source:s 2?requests:[]s 3!:.DeviceConfiguration',
  'resource.v1beta1.DeviceAllocationResult':
    '1?results:[].DeviceRequestAllocationResult 2?config:[].DeviceAllocationConfiguration',
  'resource.v1beta1.DeviceAttribute':
    '2*int:i 3*bool:b 4*string:s 5*version:s 6?ints:[]i 7?bools:[]b 8?strings:[]s 9?versions:[]s',
  'resource.v1beta1.DeviceCapacity': '1!value:q 2*requestPolicy:.CapacityRequestPolicy',
  'resource.v1beta1.DeviceClaim':
    '1!requests:[].DeviceRequest 2?constraints:[].DeviceConstraint 3?config:[].DeviceClaimConfiguration',
  'resource.v1beta1.DeviceClaimConfiguration': '1?requests:[]s 2!:.DeviceConfiguration',
  'resource.v1beta1.DeviceClass': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.DeviceClassSpec',
  'resource.v1beta1.DeviceClassConfiguration': '1!:.DeviceConfiguration',
  'resource.v1beta1.DeviceClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DeviceClass',
  'resource.v1beta1.DeviceClassSpec':
    '1?selectors:[].DeviceSelector 2?config:[].DeviceClassConfiguration 4*extendedResourceName:s',
  'resource.v1beta1.DeviceConfiguration': '1*opaque:.OpaqueDeviceConfiguration',
  'resource.v1beta1.DeviceConstraint': '1?requests:[]s 2*matchAttribute:s 3*distinctAttribute:s',
  'resource.v1beta1.DeviceCounterConsumption': '1!counterSet:s 2?counters:{}.Counter',
  'resource.v1beta1.DeviceRequest':
    '1!name:s 2!deviceClassName:s 3?selectors:[].DeviceSelector 4?allocationMode:s 5?count:i 6*adminAccess:b 7?firstAvailable:[].DeviceSubRequest 8?tolerations:[].DeviceToleration 9*capacity:.CapacityRequirements',
  'resource.v1beta1.DeviceRequestAllocationResult':
    '1!request:s 2!driver:s 3!pool:s 4!device:s 5*adminAccess:b 6?tolerations:[].DeviceToleration 7?bindingConditions:[]s 8?bindingFailureConditions:[]s 9*shareID:s 10?consumedCapacity:{}q',
  'resource.v1beta1.DeviceSelector': '1*cel:.CELDeviceSelector',
  'resource.v1beta1.DeviceSubRequest':
    '1!name:s 2!deviceClassName:s 3?selectors:[].DeviceSelector 4?allocationMode:s 5?count:i 7?tolerations:[].DeviceToleration 8*capacity:.CapacityRequirements',
  'resource.v1beta1.DeviceTaint': '1!key:s 2?value:s 3!effect:s 4*timeAdded:t',
  'resource.v1beta1.DeviceToleration': '1?key:s 2?operator:s 3?value:s 4?effect:s 5*tolerationSeconds:i',
  'resource.v1beta1.NetworkDeviceData': '1?interfaceName:s 2?ips:[]s 3?hardwareAddress:s',
  'resource.v1beta1.NodeAllocatableResourceMapping': '1*capacityKey:s 2*allocationMultiplier:q',
  'resource.v1beta1.OpaqueDeviceConfiguration': '1!driver:s 2!parameters:j',
  'resource.v1beta1.ResourceClaim':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimSpec 3?status:.ResourceClaimStatus',
  'resource.v1beta1.ResourceClaimConsumerReference': '1?apiGroup:s 3!resource:s 4!name:s 5!uid:s',
  'resource.v1beta1.ResourceClaimList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceClaim',
  'resource.v1beta1.ResourceClaimSpec': '1!devices:.DeviceClaim',
  'resource.v1beta1.ResourceClaimStatus':
    '1*allocation:.AllocationResult 2?reservedFor:[].ResourceClaimConsumerReference 4?devices:[].AllocatedDeviceStatus',
  'resource.v1beta1.ResourceClaimTemplate': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimTemplateSpec',
  'resource.v1beta1.ResourceClaimTemplateList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceClaimTemplate',
  'resource.v1beta1.ResourceClaimTemplateSpec': '1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimSpec',
  'resource.v1beta1.ResourcePool': '1!name:s 2!generation:i 3!resourceSliceCount:i',
  'resource.v1beta1.ResourceSlice': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceSliceSpec',
  'resource.v1beta1.ResourceSliceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceSlice',
  'resource.v1beta1.ResourceSliceSpec':
    '1!driver:s 2!pool:.ResourcePool 3?nodeName:s 4*nodeSelector:core.v1.NodeSelector 5?allNodes:b 6?devices:[].Device 7*perDeviceNodeSelection:b 8?sharedCounters:[].CounterSet',
  'resource.v1beta2.AllocatedDeviceStatus':
    '1!driver:s 2!pool:s 3!device:s 7*shareID:s 4!conditions:[]meta.v1.Condition 5*data:j 6*networkData:.NetworkDeviceData',
  'resource.v1beta2.AllocationResult':
    '1?devices:.DeviceAllocationResult 3*nodeSelector:core.v1.NodeSelector 5*allocationTimestamp:t',
  'resource.v1beta2.CELDeviceSelector': '1!expression:s',
  'resource.v1beta2.CapacityRequestPolicy': '1*default:q 3?validValues:[]q 4*validRange:.CapacityRequestPolicyRange',
  'resource.v1beta2.CapacityRequestPolicyRange': '1*min:q 2*max:q 3*step:q',
  'resource.v1beta2.CapacityRequirements': '1?requests:{}q',
  'resource.v1beta2.Counter': '1!value:q',
  'resource.v1beta2.CounterSet': '1!name:s 2?counters:{}.Counter',
  'resource.v1beta2.Device':
    '1!name:s 2?attributes:{}.DeviceAttribute 3?capacity:{}.DeviceCapacity 4?consumesCounters:[].DeviceCounterConsumption 5*nodeName:s 6*nodeSelector:core.v1.NodeSelector 7*allNodes:b 8?taints:[].DeviceTaint 9*bindsToNode:b 10?bindingConditions:[]s 11?bindingFailureConditions:[]s 12*allowMultipleAllocations:b 13?nodeAllocatableResourceMappings:{}.NodeAllocatableResourceMapping',
  'resource.v1beta2.DeviceAllocationConfiguration': '1!source:s 2?requests:[]s 3!:.DeviceConfiguration',
  'resource.v1beta2.DeviceAllocationResult':
    '1?results:[].DeviceRequestAllocationResult 2?config:[].DeviceAllocationConfiguration',
  'resource.v1beta2.DeviceAttribute':
    '2*int:i 3*bool:b 4*string:s 5*version:s 6?ints:[]i 7?bools:[]b 8?strings:[]s 9?versions:[]s',
  'resource.v1beta2.DeviceCapacity': '1!value:q 2*requestPolicy:.CapacityRequestPolicy',
  'resource.v1beta2.DeviceClaim':
    '1!requests:[].DeviceRequest 2?constraints:[].DeviceConstraint 3?config:[].DeviceClaimConfiguration',
  'resource.v1beta2.DeviceClaimConfiguration': '1?requests:[]s 2!:.DeviceConfiguration',
  'resource.v1beta2.DeviceClass': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.DeviceClassSpec',
  'resource.v1beta2.DeviceClassConfiguration': '1!:.DeviceConfiguration',
  'resource.v1beta2.DeviceClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DeviceClass',
  'resource.v1beta2.DeviceClassSpec':
    '1?selectors:[].DeviceSelector 2?config:[].DeviceClassConfiguration 4*extendedResourceName:s',
  'resource.v1beta2.DeviceConfiguration': '1*opaque:.OpaqueDeviceConfiguration',
  'resource.v1beta2.DeviceConstraint': '1?requests:[]s 2*matchAttribute:s 3*distinctAttribute:s',
  'resource.v1beta2.DeviceCounterConsumption': '1!counterSet:s 2?counters:{}.Counter',
  'resource.v1beta2.DeviceRequest': '1!name:s 2*exactly:.ExactDeviceRequest 3?firstAvailable:[].DeviceSubRequest',
  'resource.v1beta2.DeviceRequestAllocationResult':
    '1!request:s 2!driver:s 3!pool:s 4!device:s 5*adminAccess:b 6?tolerations:[].DeviceToleration 7?bindingConditions:[]s 8?bindingFailureConditions:[]s 9*shareID:s 10?consumedCapacity:{}q',
  'resource.v1beta2.DeviceSelector': '1*cel:.CELDeviceSelector',
  'resource.v1beta2.DeviceSubRequest':
    '1!name:s 2!deviceClassName:s 3?selectors:[].DeviceSelector 4?allocationMode:s 5?count:i 6?tolerations:[].DeviceToleration 7*capacity:.CapacityRequirements',
  'resource.v1beta2.DeviceTaint': '1!key:s 2?value:s 3!effect:s 4*timeAdded:t',
  'resource.v1beta2.DeviceTaintRule':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.DeviceTaintRuleSpec 3?status:.DeviceTaintRuleStatus',
  'resource.v1beta2.DeviceTaintRuleList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].DeviceTaintRule',
  'resource.v1beta2.DeviceTaintRuleSpec': '1*deviceSelector:.DeviceTaintSelector 2?taint:.DeviceTaint',
  'resource.v1beta2.DeviceTaintRuleStatus': '1?conditions:[]meta.v1.Condition',
  'resource.v1beta2.DeviceTaintSelector': '2*driver:s 3*pool:s 4*device:s',
  'resource.v1beta2.DeviceToleration': '1?key:s 2?operator:s 3?value:s 4?effect:s 5*tolerationSeconds:i',
  'resource.v1beta2.ExactDeviceRequest':
    '1!deviceClassName:s 2?selectors:[].DeviceSelector 3?allocationMode:s 4?count:i 5*adminAccess:b 6?tolerations:[].DeviceToleration 7*capacity:.CapacityRequirements',
  'resource.v1beta2.NetworkDeviceData': '1?interfaceName:s 2?ips:[]s 3?hardwareAddress:s',
  'resource.v1beta2.NodeAllocatableResourceMapping': '1*capacityKey:s 2*allocationMultiplier:q',
  'resource.v1beta2.OpaqueDeviceConfiguration': '1!driver:s 2!parameters:j',
  'resource.v1beta2.ResourceClaim':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimSpec 3?status:.ResourceClaimStatus',
  'resource.v1beta2.ResourceClaimConsumerReference': '1?apiGroup:s 3!resource:s 4!name:s 5!uid:s',
  'resource.v1beta2.ResourceClaimList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceClaim',
  'resource.v1beta2.ResourceClaimSpec': '1!devices:.DeviceClaim',
  'resource.v1beta2.ResourceClaimStatus':
    '1*allocation:.AllocationResult 2?reservedFor:[].ResourceClaimConsumerReference 4?devices:[].AllocatedDeviceStatus',
  'resource.v1beta2.ResourceClaimTemplate': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimTemplateSpec',
  'resource.v1beta2.ResourceClaimTemplateList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceClaimTemplate',
  'resource.v1beta2.ResourceClaimTemplateSpec': '1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceClaimSpec',
  'resource.v1beta2.ResourcePool': '1!name:s 2!generation:i 3!resourceSliceCount:i',
  'resource.v1beta2.ResourceSlice': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.ResourceSliceSpec',
  'resource.v1beta2.ResourceSliceList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].ResourceSlice',
  'resource.v1beta2.ResourceSliceSpec':
    '1!driver:s 2!pool:.ResourcePool 3*nodeName:s 4*nodeSelector:core.v1.NodeSelector 5*allNodes:b 6?devices:[].Device 7*perDeviceNodeSelection:b 8?sharedCounters:[].CounterSet',
  'scheduling.v1.PriorityClass':
    '@ 1?metadata:meta.v1.ObjectMeta 2!value:i 3?globalDefault:b 4?description:s 5*preemptionPolicy:s',
  'scheduling.v1.PriorityClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PriorityClass',
  'scheduling.v1alpha2.BasicSchedulingPolicy': '',
  'scheduling.v1alpha2.GangSchedulingPolicy': '1!minCount:i',
  'scheduling.v1alpha2.PodGroup': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.PodGroupSpec 3?status:.PodGroupStatus',
  'scheduling.v1alpha2.PodGroupList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PodGroup',
  'scheduling.v1alpha2.PodGroupResourceClaim': '1!name:s 2*resourceClaimName:s 3*resourceClaimTemplateName:s',
  'scheduling.v1alpha2.PodGroupResourceClaimStatus': '1!name:s 2*resourceClaimName:s',
  'scheduling.v1alpha2.PodGroupSchedulingConstraints': '1?topology:[].TopologyConstraint',
  'scheduling.v1alpha2.PodGroupSchedulingPolicy': '1*basic:.BasicSchedulingPolicy 2*gang:.GangSchedulingPolicy',
  'scheduling.v1alpha2.PodGroupSpec':
    '1*podGroupTemplateRef:.PodGroupTemplateReference 2!schedulingPolicy:.PodGroupSchedulingPolicy 3*schedulingConstraints:.PodGroupSchedulingConstraints 4?resourceClaims:[].PodGroupResourceClaim 5*disruptionMode:s 6?priorityClassName:s 7*priority:i',
  'scheduling.v1alpha2.PodGroupStatus':
    '1?conditions:[]meta.v1.Condition 2?resourceClaimStatuses:[].PodGroupResourceClaimStatus',
  'scheduling.v1alpha2.PodGroupTemplate':
    '1!name:s 2!schedulingPolicy:.PodGroupSchedulingPolicy 3*schedulingConstraints:.PodGroupSchedulingConstraints 4?resourceClaims:[].PodGroupResourceClaim 5*disruptionMode:s 6?priorityClassName:s 7*priority:i',
  'scheduling.v1alpha2.PodGroupTemplateReference': '1*workload:.WorkloadPodGroupTemplateReference',
  'scheduling.v1alpha2.TopologyConstraint': '1!key:s',
  'scheduling.v1alpha2.TypedLocalObjectReference': '1?apiGroup:s 2!kind:s 3!name:s',
  'scheduling.v1alpha2.Workload': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.WorkloadSpec',
  'scheduling.v1alpha2.WorkloadList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].Workload',
  'scheduling.v1alpha2.WorkloadPodGroupTemplateReference': '1!workloadName:s 2!podGroupTemplateName:s',
  'scheduling.v1alpha2.WorkloadSpec':
    '1*controllerRef:.TypedLocalObjectReference 2!podGroupTemplates:[].PodGroupTemplate',
  'scheduling.v1beta1.PriorityClass':
    '@ 1?metadata:meta.v1.ObjectMeta 2!value:i 3?globalDefault:b 4?description:s 5*preemptionPolicy:s',
  'scheduling.v1beta1.PriorityClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].PriorityClass',
  'storage.v1.CSIDriver': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CSIDriverSpec',
  'storage.v1.CSIDriverList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSIDriver',
  'storage.v1.CSIDriverSpec':
    '1*attachRequired:b 2*podInfoOnMount:b 3?volumeLifecycleModes:[]s 4*storageCapacity:b 5*fsGroupPolicy:s 6?tokenRequests:[].TokenRequest 7*requiresRepublish:b 8*seLinuxMount:b 9*nodeAllocatableUpdatePeriodSeconds:i 10*serviceAccountTokenInSecrets:b 11*preventPodSchedulingIfMissing:b',
  'storage.v1.CSINode': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CSINodeSpec',
  'storage.v1.CSINodeDriver': '1!name:s 2!nodeID:s 3!topologyKeys:[]s 4*allocatable:.VolumeNodeResources',
  'storage.v1.CSINodeList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSINode',
  'storage.v1.CSINodeSpec': '1!drivers:[].CSINodeDriver',
  'storage.v1.CSIStorageCapacity':
    '@ 1?metadata:meta.v1.ObjectMeta 2*nodeTopology:meta.v1.LabelSelector 3!storageClassName:s 4*capacity:q 5*maximumVolumeSize:q',
  'storage.v1.CSIStorageCapacityList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSIStorageCapacity',
  'storage.v1.StorageClass':
    '@ 1?metadata:meta.v1.ObjectMeta 2!provisioner:s 3?parameters:{}s 4*reclaimPolicy:s 5?mountOptions:[]s 6*allowVolumeExpansion:b 7*volumeBindingMode:s 8?allowedTopologies:[]core.v1.TopologySelectorTerm',
  'storage.v1.StorageClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].StorageClass',
  'storage.v1.TokenRequest': '1!audience:s 2*expirationSeconds:i',
  'storage.v1.VolumeAttachment':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.VolumeAttachmentSpec 3?status:.VolumeAttachmentStatus',
  'storage.v1.VolumeAttachmentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].VolumeAttachment',
  'storage.v1.VolumeAttachmentSource': '1*persistentVolumeName:s 2*inlineVolumeSpec:core.v1.PersistentVolumeSpec',
  'storage.v1.VolumeAttachmentSpec': '1!attacher:s 2!source:.VolumeAttachmentSource 3!nodeName:s',
  'storage.v1.VolumeAttachmentStatus':
    '1!attached:b 2?attachmentMetadata:{}s 3*attachError:.VolumeError 4*detachError:.VolumeError',
  'storage.v1.VolumeAttributesClass': '@ 1?metadata:meta.v1.ObjectMeta 2!driverName:s 3?parameters:{}s',
  'storage.v1.VolumeAttributesClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].VolumeAttributesClass',
  'storage.v1.VolumeError': '1?time:t 2?message:s 3*errorCode:i',
  'storage.v1.VolumeNodeResources': '1*count:i',
  'storage.v1alpha1.CSIStorageCapacity':
    '@ 1?metadata:meta.v1.ObjectMeta 2*nodeTopology:meta.v1.LabelSelector 3!storageClassName:s 4*capacity:q 5*maximumVolumeSize:q',
  'storage.v1alpha1.CSIStorageCapacityList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSIStorageCapacity',
  'storage.v1alpha1.VolumeAttachment':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.VolumeAttachmentSpec 3?status:.VolumeAttachmentStatus',
  'storage.v1alpha1.VolumeAttachmentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].VolumeAttachment',
  'storage.v1alpha1.VolumeAttachmentSource': '1*persistentVolumeName:s 2*inlineVolumeSpec:core.v1.PersistentVolumeSpec',
  'storage.v1alpha1.VolumeAttachmentSpec': '1!attacher:s 2!source:.VolumeAttachmentSource 3!nodeName:s',
  'storage.v1alpha1.VolumeAttachmentStatus':
    '1!attached:b 2?attachmentMetadata:{}s 3*attachError:.VolumeError 4*detachError:.VolumeError',
  'storage.v1alpha1.VolumeAttributesClass': '@ 1?metadata:meta.v1.ObjectMeta 2!driverName:s 3?parameters:{}s',
  'storage.v1alpha1.VolumeAttributesClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].VolumeAttributesClass',
  'storage.v1alpha1.VolumeError': '1?time:t 2?message:s 3*errorCode:i',
  'storage.v1beta1.CSIDriver': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CSIDriverSpec',
  'storage.v1beta1.CSIDriverList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSIDriver',
  'storage.v1beta1.CSIDriverSpec':
    '1*attachRequired:b 2*podInfoOnMount:b 3?volumeLifecycleModes:[]s 4*storageCapacity:b 5*fsGroupPolicy:s 6?tokenRequests:[].TokenRequest 7*requiresRepublish:b 8*seLinuxMount:b 9*nodeAllocatableUpdatePeriodSeconds:i 10*serviceAccountTokenInSecrets:b 11*preventPodSchedulingIfMissing:b',
  'storage.v1beta1.CSINode': '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.CSINodeSpec',
  'storage.v1beta1.CSINodeDriver': '1!name:s 2!nodeID:s 3!topologyKeys:[]s 4*allocatable:.VolumeNodeResources',
  'storage.v1beta1.CSINodeList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSINode',
  'storage.v1beta1.CSINodeSpec': '1!drivers:[].CSINodeDriver',
  'storage.v1beta1.CSIStorageCapacity':
    '@ 1?metadata:meta.v1.ObjectMeta 2*nodeTopology:meta.v1.LabelSelector 3!storageClassName:s 4*capacity:q 5*maximumVolumeSize:q',
  'storage.v1beta1.CSIStorageCapacityList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].CSIStorageCapacity',
  'storage.v1beta1.StorageClass':
    '@ 1?metadata:meta.v1.ObjectMeta 2!provisioner:s 3?parameters:{}s 4*reclaimPolicy:s 5?mountOptions:[]s 6*allowVolumeExpansion:b 7*volumeBindingMode:s 8?allowedTopologies:[]core.v1.TopologySelectorTerm',
  'storage.v1beta1.StorageClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].StorageClass',
  'storage.v1beta1.TokenRequest': '1!audience:s 2*expirationSeconds:i',
  'storage.v1beta1.VolumeAttachment':
    '@ 1?metadata:meta.v1.ObjectMeta 2!spec:.VolumeAttachmentSpec 3?status:.VolumeAttachmentStatus',
  'storage.v1beta1.VolumeAttachmentList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].VolumeAttachment',
  'storage.v1beta1.VolumeAttachmentSource': '1*persistentVolumeName:s 2*inlineVolumeSpec:core.v1.PersistentVolumeSpec',
  'storage.v1beta1.VolumeAttachmentSpec': '1!attacher:s 2!source:.VolumeAttachmentSource 3!nodeName:s',
  'storage.v1beta1.VolumeAttachmentStatus':
    '1!attached:b 2?attachmentMetadata:{}s 3*attachError:.VolumeError 4*detachError:.VolumeError',
  'storage.v1beta1.VolumeAttributesClass': '@ 1?metadata:meta.v1.ObjectMeta 2!driverName:s 3?parameters:{}s',
  'storage.v1beta1.VolumeAttributesClassList': '@ 1?metadata:meta.v1.ListMeta 2!items:[].VolumeAttributesClass',
  'storage.v1beta1.VolumeError': '1?time:t 2?message:s 3*errorCode:i',
  'storage.v1beta1.VolumeNodeResources': '1*count:i',
  'storagemigration.v1beta1.StorageVersionMigration':
    '@ 1?metadata:meta.v1.ObjectMeta 2?spec:.StorageVersionMigrationSpec 3?status:.StorageVersionMigrationStatus',
  'storagemigration.v1beta1.StorageVersionMigrationList':
    '@ 1?metadata:meta.v1.ListMeta 2!items:[].StorageVersionMigration',
  'storagemigration.v1beta1.StorageVersionMigrationSpec': '1!resource:meta.v1.GroupResource',
  'storagemigration.v1beta1.StorageVersionMigrationStatus': '1?conditions:[]meta.v1.Condition 2?resourceVersion:s',
}
